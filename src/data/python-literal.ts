// Reads a Python literal as repr() prints it, such as {'labels': ['A', "B's"], 'text': ('1', None)}; it never runs anything.

/** Dictionaries become objects (keys as text), lists, tuples and sets become arrays. */
export type PythonValue = null | boolean | number | string | PythonValue[] | { [key: string]: PythonValue };

const DEEPEST = 100;
const NUMBER = /([+-]?)(0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const STRING_START = /([rRbBuU]{0,2})('''|"""|'|")/y;
const WORD = /[A-Za-z_]\w*/y;
const SIMPLE_ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/**
 * The value of a Python literal. numpy's `array([…], dtype=…)`, as pandas prints it, counts as its list.
 * Throws SyntaxError with the position for anything else.
 */
export function parsePythonLiteral(text: string): PythonValue {
  let at = 0;
  const value = readValue(0);
  skipSpace();
  if (at < text.length) fail('the end');
  return value;

  function readValue(depth: number): PythonValue {
    if (depth > DEEPEST) throw new SyntaxError(`nested deeper than ${DEEPEST} levels`);
    skipSpace();
    const char = text[at];
    if (char === '[') return readList(depth);
    if (char === '(') return readParentheses(depth);
    if (char === '{') return readBraces(depth);
    if (match(STRING_START, false)) return readStrings();
    const number = match(NUMBER, true);
    if (number) return (number[1] === '-' ? -1 : 1) * Number(number[2]!.replaceAll('_', ''));
    return readWord(depth);
  }

  function readWord(depth: number): PythonValue {
    const start = at;
    const word = match(WORD, true)?.[0];
    if (word === 'None') return null;
    if (word === 'True') return true;
    if (word === 'False') return false;
    if (word === 'array' && text[at] === '(') return readArray(depth);
    at = start;
    return fail('a literal');
  }

  /** array([...], dtype=object) */
  function readArray(depth: number): PythonValue {
    at++;
    const value = readValue(depth + 1);
    skipSpace();
    if (text[at] === ',') {
      at++;
      skipSpace();
      if (text[at] !== ')') {
        if (!match(/dtype\s*=\s*['"]?[\w<>|=.]+['"]?/y, true)) fail('dtype=…');
        skipSpace();
      }
    }
    expect(')');
    return value;
  }

  /** [1, 2] and [1, 2,]; `at` stands on the opening bracket. */
  function readList(depth: number): PythonValue[] {
    at++;
    return readItems([], ']', depth).items;
  }

  /** (1) is 1; (1,) and () are tuples. */
  function readParentheses(depth: number): PythonValue {
    at++;
    const { items, trailingComma } = readItems([], ')', depth);
    return items.length === 1 && !trailingComma ? items[0]! : items;
  }

  /** {} and {key: value} are dictionaries, {value} is a set. */
  function readBraces(depth: number): PythonValue {
    at++;
    const entries: [string, PythonValue][] = [];
    for (;;) {
      skipSpace();
      if (text[at] === '}') {
        at++;
        return Object.fromEntries(entries);
      }
      const key = readValue(depth + 1);
      skipSpace();
      if (entries.length === 0 && text[at] !== ':') {
        if (text[at] === ',') at++;
        else if (text[at] !== '}') fail(': , or }');
        return readItems([key], '}', depth).items;
      }
      expect(':');
      entries.push([typeof key === 'string' ? key : JSON.stringify(key), readValue(depth + 1)]);
      skipSpace();
      if (text[at] === ',') at++;
      else if (text[at] !== '}') fail(', or }');
    }
  }

  /** Adds items up to and including `close`; stands where an item or `close` may come. */
  function readItems(items: PythonValue[], close: string, depth: number) {
    let trailingComma = false;
    for (;;) {
      skipSpace();
      if (text[at] === close) {
        at++;
        return { items, trailingComma };
      }
      items.push(readValue(depth + 1));
      skipSpace();
      trailingComma = text[at] === ',';
      if (trailingComma) at++;
      else if (text[at] !== close) fail(`, or ${close}`);
    }
  }

  /** Neighbouring strings are one string. */
  function readStrings(): string {
    let out = '';
    for (let start = match(STRING_START, true); start; start = match(STRING_START, true)) {
      out += readString(/r/i.test(start[1]!), start[2]!);
      skipSpace();
    }
    return out;
  }

  function readString(raw: boolean, quote: string): string {
    const parts: string[] = [];
    for (;;) {
      if (at >= text.length) fail(`the closing ${quote}`);
      if (text.startsWith(quote, at)) {
        at += quote.length;
        return parts.join('');
      }
      const char = text[at++]!;
      if (char !== '\\') {
        if (char === '\n' && quote.length === 1) fail(`the closing ${quote}`);
        parts.push(char);
      } else if (raw) parts.push(char, text[at++] ?? '');
      else parts.push(readEscape());
    }
  }

  function readEscape(): string {
    const hex = match(/x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})/y, true);
    if (hex) {
      const code = Number.parseInt((hex[1] ?? hex[2] ?? hex[3])!, 16);
      if (code > 0x10ffff) fail('a character code');
      return String.fromCodePoint(code);
    }
    const octal = match(/[0-7]{1,3}/y, true);
    if (octal) return String.fromCharCode(Number.parseInt(octal[0], 8));
    const char = text[at++] ?? fail('an escaped character');
    return SIMPLE_ESCAPES[char] ?? `\\${char}`;
  }

  function match(pattern: RegExp, take: boolean): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found && take) at += found[0].length;
    return found;
  }

  function expect(char: string): void {
    if (text[at] !== char) fail(char);
    at++;
  }

  function skipSpace(): void {
    while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
  }

  function fail(expected: string): never {
    const came = at < text.length ? JSON.stringify(text.slice(at, at + 10)) : 'the end';
    throw new SyntaxError(`expected ${expected} at position ${at}, got ${came}`);
  }
}
