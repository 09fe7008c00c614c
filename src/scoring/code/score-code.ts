// Code: 1 where the answer's program passes every test of the truth, else 0. Nothing is run unless the user allowed it.
import type { AsyncScorer } from '../async-scorer.js';
import type { ScoringResult } from '../scorer.js';
import { programOf } from './answer-code.js';
import { type ParseLiteral, testsOf } from './code-tests.js';
import { runTest, SANDBOX_LIMITS, type Sandbox, type SandboxLimits, testDirectory } from './sandbox.js';

/** The scorer for answers that are Python; `rule` says how many tests passed. */
export function codeScorer(
  sandbox: Sandbox,
  parseLiteral: ParseLiteral,
  limits: SandboxLimits = SANDBOX_LIMITS,
): AsyncScorer {
  return async ({ answer, query, groundTruth, signal }) => {
    const tests = testsOf(groundTruth ?? '', query, parseLiteral);
    const code = programOf(answer, query);
    if (code === null) return { quality: 0, extracted: null, rule: 'no code', flags: ['unparsed'] };
    const directory = testDirectory();
    try {
      let passed = 0;
      let late = 0;
      for (const test of tests) {
        const outcome = await runTest(sandbox, directory.path, { ...code, test }, limits, signal);
        if (outcome === 'interrupted') return interrupted();
        if (outcome === 'passed') passed++;
        if (outcome === 'timeout') late++;
      }
      const slow = late > 0 ? `, ${late} ran out of time` : '';
      return {
        quality: passed === tests.length ? 1 : 0,
        extracted: code.program.trim(),
        rule: `${passed}/${tests.length} tests passed${slow}`,
        flags: [],
      };
    } finally {
      directory.remove();
    }
  };
}

function interrupted(): ScoringResult {
  return { quality: null, extracted: null, rule: 'interrupted', flags: [] };
}
