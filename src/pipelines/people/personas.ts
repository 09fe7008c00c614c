// Persona users for data that has none: who judges, and how the question is put to the model that plays them.

export interface Persona {
  /** Begins with `simulated-`, so that nobody takes what they say for a person's word. */
  readonly id: string;
  readonly system: string;
}

const TEMPERS: readonly (readonly [name: string, who: string])[] = [
  ['warm', 'a warm and sensible person who values kindness, balance and advice one can live by'],
  ['playful', 'a young and playful person who likes short, lively answers with some humour'],
  ['mathematician', 'a lover of mathematics who wants every step shown and every claim justified'],
  ['engineer', 'a terse engineer who wants the working answer first and no word too many'],
  ['student', 'a student who wants detailed explanations with background and examples'],
  ['researcher', 'a specialist in information retrieval who checks facts, sources and completeness'],
  ['editor', 'a news editor who values clear structure, accuracy and plain language'],
  ['reader', 'a lover of literature who values style, imagery and a fine choice of words'],
  ['teacher', 'a preschool teacher who wants simple words and patience with the youngest'],
];

export const PERSONAS: readonly Persona[] = TEMPERS.map(([name, who]) => ({
  id: `simulated-${name}`,
  system: `You are ${who}. You compare answers by your own taste and nobody else's.`,
}));

/** Both answers, numbered; the reply is to be 1, 2 or tie. */
export function comparisonPrompt(query: string, first: string, second: string): string {
  return [
    'Somebody asked:',
    query,
    '--- Answer 1 ---',
    first,
    '--- Answer 2 ---',
    second,
    '---',
    'Which answer do you like better? Reply with 1, 2 or tie, and nothing else.',
  ].join('\n');
}

/** 1, 2, 0 for a tie; null where the reply says none of them, or several. */
export function readComparison(reply: string): 0 | 1 | 2 | null {
  const found = new Set(reply.toLowerCase().match(/\b(?:1|2|tie)\b/g) ?? []);
  if (found.size !== 1) return null;
  const [said] = found;
  return said === 'tie' ? 0 : said === '1' ? 1 : 2;
}

/** The verdict of both orders: who wins twice wins; else a tie. @param swapped with the answers in the other order */
export function agreed(straight: 0 | 1 | 2, swapped: 0 | 1 | 2): 'model_a' | 'model_b' | 'tie' {
  if (straight === 1 && swapped === 2) return 'model_a';
  if (straight === 2 && swapped === 1) return 'model_b';
  return 'tie';
}
