// Category names: one spelling, and the list that rows are read against.

/** vsr's own list, in the order of the one-hot block. */
export const CATEGORIES: readonly string[] = [
  'math',
  'physics',
  'chemistry',
  'biology',
  'computer science',
  'history',
  'economics',
  'health',
  'psychology',
  'law',
  'business',
  'philosophy',
  'engineering',
  'other',
];

const ALIASES: Readonly<Record<string, string>> = { medicine: 'health', geography: 'other', literature: 'other' };

export interface KnownCategory {
  readonly category: string;
  /** false: the name was not in the list and became `other`. */
  readonly known: boolean;
}

/** One spelling of a name: lower case, `_` as space, single spaces. */
export function categoryName(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ').replace(/\s+/g, ' ').trim();
}

/** Lower case, `_` as space, medicine as health; a name outside `list` becomes `other`. */
export function normaliseCategory(name: string, list: readonly string[] = CATEGORIES): KnownCategory {
  const plain = categoryName(name);
  if (list.includes(plain)) return { category: plain, known: true };
  const alias = Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : undefined;
  if (alias !== undefined && (list.includes(alias) || alias === 'other')) return { category: alias, known: true };
  return { category: 'other', known: false };
}
