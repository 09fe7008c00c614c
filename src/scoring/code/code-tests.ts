// The tests in a truth: a list of asserts as Python prints it, or a text that defines check(candidate).
import { VsrError } from '../../errors/vsr-error.js';
import { lastFunctionOf } from './answer-code.js';

/** Reads a Python literal without running it; throws where the text is none. */
export type ParseLiteral = (text: string) => unknown;

/**
 * Python source of each test of a truth. A `check` text is one test, called with the function that the query names last.
 * Throws `VSR_DATA`.
 */
export function testsOf(truth: string | readonly string[], query: string, parseLiteral: ParseLiteral): string[] {
  if (typeof truth !== 'string') {
    if (truth.length > 0 && truth.every((item) => isAssert(item))) return [...truth];
    throw unreadable(truth);
  }
  if (/\bdef check\(/.test(truth)) {
    const name = lastFunctionOf(query);
    if (name !== null) return [`${truth}\n\ncheck(${name})\n`];
    throw new VsrError(
      'VSR_DATA',
      'ground_truth: check(candidate) needs a function to check, and the query defines none.',
      { hint: 'Put the head of the function into the query, like def solve(x):' },
    );
  }
  if (isAssert(truth)) return [truth];
  let tests: unknown;
  try {
    tests = parseLiteral(truth);
  } catch {
    throw unreadable(truth);
  }
  const isList = Array.isArray(tests) && tests.length > 0;
  if (isList && (tests as unknown[]).every((test) => typeof test === 'string' && isAssert(test))) {
    return tests as string[];
  }
  throw unreadable(truth);
}

/** The function that a list of asserts calls first: `assert f(1) == 1` → f; null for anything else. */
export function testedFunction(tests: readonly string[]): string | null {
  for (const test of tests) {
    if (!isAssert(test)) continue;
    const call = [...test.matchAll(/([A-Za-z_]\w*)\(/g)].find(([, name]) => !WRAPPERS.has(name!));
    if (call) return call[1]!;
  }
  return null;
}

/** What tests wrap around the function they call. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'assert',
  'set',
  'list',
  'tuple',
  'sorted',
  'sum',
  'len',
  'str',
  'int',
  'abs',
  'round',
  'isclose',
  'not',
]);

function isAssert(text: string): boolean {
  return /^\s*assert\b/.test(text) || /^[^\n]*\n[\s\S]*^\s*assert\b/m.test(text);
}

function unreadable(truth: unknown): VsrError {
  const shown = JSON.stringify(truth).slice(0, 80);
  return new VsrError(
    'VSR_DATA',
    `ground_truth: expected a list of Python asserts or a text with def check(candidate), got ${shown}.`,
    { hint: 'For example ["assert f(1) == 2"].' },
  );
}
