// Outcomes where there are votes alone: of each query, the share of its comparisons that a model won.
import type { OutcomeCell, OutcomeRow } from '../../data/outcome.js';
import type { RatedTurn } from '../../data/people/rated-turn.js';
import { queryFromRow } from '../../data/query-row.js';

export interface VoteOutcomes {
  readonly rows: readonly OutcomeRow[];
  /** In alphabetical order: whoever is named first by chance gains nothing. */
  readonly models: readonly string[];
}

/**
 * One row a query, in order of appearance. Quality = the mean of (r + 1)/2 over everybody who rated the model on it, so that a
 * win is 1, a tie ½, a loss 0.
 * @param turns ratings in [−1, 1]
 */
export function voteOutcomes(turns: readonly RatedTurn[]): VoteOutcomes {
  const sums = new Map<string, { where: string; cells: Map<string, { sum: number; n: number }> }>();
  for (const { query, models, ratings, where } of turns) {
    const row = sums.get(query) ?? { where, cells: new Map() };
    sums.set(query, row);
    models.forEach((model, i) => {
      const cell = row.cells.get(model) ?? { sum: 0, n: 0 };
      row.cells.set(model, { sum: cell.sum + (ratings[i]! + 1) / 2, n: cell.n + 1 });
    });
  }
  return {
    models: [...new Set(turns.flatMap(({ models }) => models))].sort(),
    rows: Array.from(sums, ([query, { where, cells }]) => ({
      query: queryFromRow({ query }, where),
      outcomes: Object.fromEntries(
        Array.from(cells, ([model, { sum, n }]): [string, OutcomeCell] => [model, { quality: sum / n, status: 'ok' }]),
      ),
    })),
  };
}
