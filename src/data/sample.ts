// Draws a sample of queries that has every task in proportion; a larger sample with the same seed contains the smaller one.

import { rowsByLabel } from '../math/rows-by-label.js';
import type { Query } from './query.js';
import { uniformHash } from './splits.js';

/**
 * At most `limit` queries (0 = all), in their old order. Within each task and split the queries are put in the order of a
 * hash of id and seed; the query at rank r of n gets the priority (r + ½)/n, and the smallest priorities are taken.
 */
export function sampleQueries(queries: readonly Query[], limit: number, seed: number): Query[] {
  if (limit <= 0 || limit >= queries.length) return [...queries];
  const draws = queries.map((query) => uniformHash(query.id, seed));
  const priorities = new Float64Array(queries.length);
  for (const stratum of strata(queries)) {
    stratum.sort((a, b) => draws[a]! - draws[b]! || a - b);
    stratum.forEach((row, rank) => {
      priorities[row] = (rank + 0.5) / stratum.length;
    });
  }
  const order = [...queries.keys()].sort((a, b) => priorities[a]! - priorities[b]! || draws[a]! - draws[b]! || a - b);
  const taken = order.slice(0, limit).sort((a, b) => a - b);
  return taken.map((row) => queries[row]!);
}

/** Rows by task (else category) and split. */
function strata(queries: readonly Query[]): number[][] {
  const labels = queries.map(({ taskName, category, split }) => JSON.stringify([taskName ?? category, split]));
  return [...rowsByLabel(labels).values()];
}
