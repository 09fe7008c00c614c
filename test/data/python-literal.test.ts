// Python literals as repr() prints them, and everything that is none.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePythonLiteral } from '../../src/data/python-literal.js';

describe('parsePythonLiteral', () => {
  test.each<[string, unknown]>([
    [`{'labels': ['A', "B's"], 'text': ('1', None)}`, { labels: ['A', "B's"], text: ['1', null] }],
    [`[True, False, None, -1, 2.5, 1e-05, 0x1F, 1_000]`, [true, false, null, -1, 2.5, 1e-5, 31, 1000]],
    [`'it\\'s \\"x\\"\\n\\t\\\\ \\x41 \\u00e9 \\U0001F600 \\101'`, 'it\'s "x"\n\t\\ A é 😀 A'],
    [`r'\\d+' "b" '''c\nd'''`, '\\d+bc\nd'],
    [`"\\d"`, '\\d'],
    [`('a',)`, ['a']],
    [`('a')`, 'a'],
    [`()`, []],
    [`{}`, {}],
    [`{1, 2,}`, [1, 2]],
    [`{1: 'a', (1, 2): 'b'}`, { '1': 'a', '[1,2]': 'b' }],
    [
      `{'text': array(['a', 'b'], dtype=object), 'label': array(['A', 'B'],\n      dtype='<U1')}`,
      { text: ['a', 'b'], label: ['A', 'B'] },
    ],
    [`  [ [ ] , [ 1 , ] ]  `, [[], [1]]],
    [`-0x10`, -16],
    [`{'__proto__': 1}`, Object.fromEntries([['__proto__', 1]])],
  ])('reads %s', (text, value) => {
    expect(parsePythonLiteral(text)).toEqual(value);
  });

  test.each([
    '',
    'abc',
    `__import__('os').system('x')`,
    `['a' 1]`,
    `[1, 2`,
    `{'a': }`,
    `{'a' 1}`,
    `{1 2}`,
    `[,]`,
    `'open`,
    `'line\nbreak'`,
    `1 + 1`,
    `1j`,
    `[1] [2]`,
    `array(x)`,
    `'\\U00110000'`,
    '['.repeat(200),
  ])('refuses %s', (text) => {
    expect(() => parsePythonLiteral(text)).toThrow(SyntaxError);
  });

  test('reads back what Python would print for any nested list of texts', () => {
    const repr = (value: unknown): string =>
      Array.isArray(value)
        ? `[${value.map(repr).join(', ')}]`
        : `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;
    const nested = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.string({ unit: 'grapheme' }), fc.array(tie('value'), { maxLength: 4 })),
    })).value;
    fc.assert(
      fc.property(nested, (value) => {
        expect(parsePythonLiteral(repr(value))).toEqual(value);
      }),
    );
  });

  test('ends on any text, with a value or a SyntaxError', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      ',',
      ':',
      '\\',
      'x',
      '1',
      '-',
      ' ',
      'None',
      'array(',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        try {
          parsePythonLiteral(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
