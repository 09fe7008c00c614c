// The feature of semantic-router: [embedding of unit length ‖ one-hot of 14 categories], unscaled.
import type { Query } from '../../data/query.js';
import { SEMANTIC_ROUTER_CATEGORIES as CATEGORIES } from '../../features/category-list.js';

export const ONE_HOT_WIDTH = CATEGORIES.length;

/** No category is `unknown`, one outside the list (engineering) is `other`. */
export function semanticRouterFeature(embedding: ArrayLike<number>, { category }: Pick<Query, 'category'>): number[] {
  const known = CATEGORIES.includes(category ?? 'unknown') ? (category ?? 'unknown') : 'other';
  return [...unit(embedding), ...CATEGORIES.map((name) => Number(name === known))];
}

/** The same weight for every category, so that what was learned without one decides without one. */
export function withoutCategory(weights: ArrayLike<number>): number[] {
  return [...Array.from(weights), ...Array<number>(ONE_HOT_WIDTH).fill(0)];
}

function unit(row: ArrayLike<number>): number[] {
  const length = Math.hypot(...Array.from(row));
  return Array.from(row, (value) => (length > 0 ? value / length : 0));
}
