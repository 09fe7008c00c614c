// The ranking that every query gets who knows the models' means alone: what a router's ranking of a query is held against.
import type { OutcomeTable } from '../data/outcome-table.js';
import { matrix } from '../math/matrix.js';
import { columnMeans } from './baselines.js';
import type { LearningPart } from './learned-choices.js';
import { type Ranking, rankingOf } from './ranking.js';

/** Each judged query's scores are the mean qualities of the rows that serve it; a model without a cell there scores lowest. */
export function meanRanking(parts: readonly LearningPart[], judged: OutcomeTable): Ranking {
  const M = judged.models.length;
  const scores = matrix(judged.queries.length, M);
  for (const { table, learn, judge } of parts) {
    const means = columnMeans(table.quality, learn).map((mean) =>
      Number.isNaN(mean) ? Number.NEGATIVE_INFINITY : mean,
    );
    for (const i of judge) scores.data.set(means, i * M);
  }
  return rankingOf(scores, judged);
}
