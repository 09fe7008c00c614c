// What holds for every answer: nothing is thrown, quality stays in [0, 1], and no text makes a pattern run away.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadScorer, SCORER_NAMES, type ScorerName } from '../../src/scoring/registry.js';
import { ANIMALS, ask } from './ask.js';

const TRUTHS: Readonly<Record<ScorerName, string>> = {
  'multiple-choice': 'B',
  numeric: '42',
  math: '\\{(1,2),\\frac{1}{2}\\}',
  exact: 'red panda',
  contains: 'red panda',
  f1: 'red panda',
  cemf1: 'red panda',
  coverage: 'dog, run, skate',
  code: '',
  judge: '',
  unscored: '',
};

/** Any text, and texts made of the words and signs that the rules look for. */
const MATERIAL = [
  ...[
    'The answer is ',
    'so ',
    'it is ',
    'A',
    'B',
    '(C)',
    'D.',
    ' or ',
    ' not ',
    'Final: ',
    '\n',
    ' ',
    '**',
    '<think>',
    '</think>',
  ],
  ...[
    '\\boxed{',
    '}',
    '{',
    '\\frac',
    '\\text{ ',
    '$',
    '####',
    '1,000',
    '-',
    '%',
    '×10^',
    '/',
    '(',
    ')',
    '=',
    '.',
    '٣',
    '½',
    'ﬁ',
    '🐼',
    '\ud800',
  ],
];
const answers = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.constantFrom(...MATERIAL), { maxLength: 30 }).map((parts) => parts.join('')),
);

test.each(SCORER_NAMES)('%s never throws on an answer and gives a quality in [0, 1] or null', async (name) => {
  const { score } = await loadScorer(name);
  const choices = name === 'multiple-choice' ? ANIMALS : null;
  fc.assert(
    fc.property(answers, (answer) => {
      const input = { answer, groundTruth: TRUTHS[name], choices, options: { numericTolerance: 1e-6 } };
      const result = score({ ...input, finishReason: 'stop' });
      expect(result.quality === null || (result.quality >= 0 && result.quality <= 1)).toBe(true);
      expect(score({ ...input, finishReason: 'stop' })).toEqual(result);
    }),
    { numRuns: 400 },
  );
});

test.each(['exact', 'contains', 'f1', 'cemf1'] as const)('%s gives every text 1 against itself', async (name) => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      expect((await ask(name, text, text)).quality).toBe(1);
    }),
  );
});

test('numeric reads every decimal number back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.nat(6), async (digits, places) => {
      const number = (digits / 10 ** places).toFixed(places);
      expect((await ask('numeric', `The answer is ${number}.`, number)).quality).toBe(1);
    }),
  );
});

test('multiple choice reads the label out of every form that states it', async () => {
  const forms = [
    (label: string) => `The answer is ${label}.`,
    (label: string) => `\\boxed{${label}}`,
    (label: string) => `**${label}**`,
    (label: string) => `(${label})`,
    (label: string) => `I would go with ${label}, since it fits.`,
    (label: string) => `${label}) because of the rest`,
  ];
  for (const label of ANIMALS.labels) {
    for (const form of forms) expect((await ask('multiple-choice', form(label), label)).quality).toBe(1);
  }
});

describe('200 kB of one repeated piece come back', () => {
  const BLANKS = [' ', '\n', ' \n', '\u00a0', '<think>', '</think>', '**'];
  const BOXES = ['{', '}', '\\{', '\\boxed{', '\\boxed{}', '\\fbox {', '\\text{'];
  const PIECES: readonly (readonly [ScorerName, readonly string[]])[] = [
    [
      'multiple-choice',
      [
        ...BLANKS,
        ...BOXES,
        'A ',
        '(A)',
        '(',
        '"',
        'A or ',
        'A, ',
        'answer is A ',
        'I think it is ',
        'so ',
        'n’t (A) ',
        'red panda ',
        'red ',
      ],
    ],
    [
      'numeric',
      [
        ...BOXES,
        '1',
        '1,',
        '1,111',
        '1.',
        '-',
        '-1',
        '1/1',
        '1e',
        '1×10^',
        '1×10^{',
        '$1',
        '%',
        '####',
        '=1',
        '\\frac{',
        'x2',
        '²',
        '1\u00a0',
        '. ',
      ],
    ],
    [
      'math',
      [
        ...BOXES,
        '\\text{ ',
        '\\frac{',
        '\\frac{-',
        '\\frac1',
        '1,',
        '(1,',
        '[(',
        'x/',
        '/',
        '\\sqrt',
        '$',
        '$$',
        '=',
        '.',
        '\\',
        '\\\\[',
        '1×10^',
        'answer is ',
      ],
    ],
    ['f1', [...BLANKS, 'red ', 'a', "'", 'can not ', '½', 'ﷺ', '🐼']],
    ['coverage', ['dog ', 's', 'ing', ',']],
  ];
  test.each(PIECES)('%s', async (name, pieces) => {
    const { score } = await loadScorer(name);
    const choices = name === 'multiple-choice' ? ANIMALS : null;
    for (const piece of pieces) {
      const text = piece.repeat(Math.floor(200_000 / Buffer.byteLength(piece)));
      for (const answer of [`The answer is ${text}x`, `\\boxed{${text}}`]) {
        const input = { answer, groundTruth: TRUTHS[name], choices, finishReason: 'stop' } as const;
        const { quality } = score({ ...input, options: { numericTolerance: 1e-6 } });
        expect(quality! >= 0 && quality! <= 1).toBe(true);
      }
    }
  });
});
