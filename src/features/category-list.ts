// The lists of categories that the feature block may follow; the order is part of what a router learns.
import { CATEGORIES, categoryName } from '../data/category.js';
import { VsrError } from '../errors/vsr-error.js';

/** semantic-router's list and order, of both versions of its files. */
export const SEMANTIC_ROUTER_CATEGORIES: readonly string[] = [
  'math',
  'physics',
  'chemistry',
  'biology',
  'computer science',
  'history',
  'economics',
  'business',
  'law',
  'health',
  'psychology',
  'philosophy',
  'other',
  'unknown',
];

export type CategoryLabels = 'vsr' | 'semantic-router' | readonly string[];

/** Names in lower case with spaces; `other` is appended to a list of one's own that lacks it. Throws `VSR_CONFIG` for a name given twice. */
export function categoryList(labels: CategoryLabels): readonly string[] {
  if (labels === 'vsr') return CATEGORIES;
  if (labels === 'semantic-router') return SEMANTIC_ROUTER_CATEGORIES;
  const names = labels.map(categoryName);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new VsrError('VSR_CONFIG', `features.category.labels names "${twice}" twice.`, { hint: 'Keep one of them.' });
  }
  return names.includes('other') ? names : [...names, 'other'];
}

/** The same list, name by name. */
export function sameCategories(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
