// Which model was the better one for which query: pairs from votes, or from differences between outcomes.
import type { Comparisons } from '../../math/bradley-terry.js';
import type { Matrix } from '../../math/matrix.js';
import { rowsByLabel } from '../../math/rows-by-label.js';
import type { Interactions } from '../people.js';
import type { TrainingTable } from '../router.js';

/** Outcomes closer than this say nothing about order. */
export const SMALLEST_DIFFERENCE = 0.01;

/** What models earned: one value a row, [C]. */
export interface Cells {
  readonly query: readonly number[];
  readonly model: readonly number[];
  /** In [0, 1]: quality, or of a vote 1, ½, 0. */
  readonly value: readonly number[];
  readonly weight: readonly number[];
}

/** Pairs in the order of their queries: those of query q are start[q] … start[q + 1] − 1. */
export interface Preferences extends Comparisons {
  readonly source: 'votes' | 'outcomes';
  /** [Q×E] and [Q], equal number = same text. */
  readonly features: Matrix;
  readonly groups: Int32Array;
  /** [Q + 1] */
  readonly start: Int32Array;
  readonly cells: Cells;
}

/** Of votes and ratings where any of them compares two models, else of the outcomes. Every other model that was heard is an opponent. */
export function preferencesOf(table: TrainingTable): Preferences {
  const { interactions, features, groups } = table;
  if (interactions) {
    const said = judgedPairs(interactions);
    if (said.pairs.length > 0) {
      return sorted('votes', interactions.features, interactions.queryGroups, said);
    }
  }
  return sorted('outcomes', features, groups, outcomePairs(table));
}

interface Pair {
  readonly query: number;
  readonly first: number;
  readonly second: number;
  readonly outcome: number;
  readonly weight: number;
}

interface Judged {
  readonly pairs: Pair[];
  readonly cells: { query: number[]; model: number[]; value: number[]; weight: number[] };
}

function outcomePairs({ quality, models }: TrainingTable): Judged {
  const out = nothing();
  const M = models.length;
  for (let query = 0; query < quality.rows; query++) {
    const present = models.flatMap((_, m) => (Number.isNaN(quality.data[query * M + m]) ? [] : [m]));
    addGraded(
      out,
      query,
      present,
      present.map((m) => quality.data[query * M + m]!),
    );
  }
  return out;
}

/** A group of votes weighs 1, however many models it holds; ratings count as outcomes do. */
function judgedPairs({ group, query, model, rating, kind }: Interactions): Judged {
  const out = nothing();
  for (const rows of rowsByLabel(group).values()) {
    const at = query[rows[0]!]!;
    const models = rows.map((row) => model[row]!);
    if (kind === 'ratings') {
      addGraded(
        out,
        at,
        models,
        rows.map((row) => (rating[row]! + 1) / 2),
      );
      continue;
    }
    const weight = 2 / (rows.length * (rows.length - 1));
    for (let i = 0; i < rows.length; i++) {
      for (let j = i + 1; j < rows.length; j++) {
        const outcome = (Math.sign(rating[rows[i]!]! - rating[rows[j]!]!) + 1) / 2;
        out.pairs.push({ query: at, first: models[i]!, second: models[j]!, outcome, weight });
        addCell(out, at, models[i]!, outcome, weight);
        addCell(out, at, models[j]!, 1 - outcome, weight);
      }
    }
  }
  return out;
}

/** Each pair of values weighs what they differ by; equal ones give no pair. */
function addGraded(out: Judged, query: number, models: readonly number[], values: readonly number[]): void {
  models.forEach((first, i) => {
    addCell(out, query, first, values[i]!, 1);
    for (let j = i + 1; j < models.length; j++) {
      const difference = values[i]! - values[j]!;
      const weight = Math.abs(difference);
      if (weight <= SMALLEST_DIFFERENCE) continue;
      out.pairs.push({ query, first, second: models[j]!, outcome: difference > 0 ? 1 : 0, weight });
    }
  });
}

function nothing(): Judged {
  return { pairs: [], cells: { query: [], model: [], value: [], weight: [] } };
}

function addCell({ cells }: Judged, query: number, model: number, value: number, weight: number): void {
  cells.query.push(query);
  cells.model.push(model);
  cells.value.push(value);
  cells.weight.push(weight);
}

function sorted(
  source: Preferences['source'],
  features: Matrix,
  groups: Int32Array,
  { pairs, cells }: Judged,
): Preferences {
  pairs.sort((p, q) => p.query - q.query);
  const start = new Int32Array(features.rows + 1);
  for (const { query } of pairs) start[query + 1]! += 1;
  for (let q = 0; q < features.rows; q++) start[q + 1]! += start[q]!;
  return {
    source,
    features,
    groups,
    start,
    first: Int32Array.from(pairs, ({ first }) => first),
    second: Int32Array.from(pairs, ({ second }) => second),
    outcome: Float64Array.from(pairs, ({ outcome }) => outcome),
    weight: Float64Array.from(pairs, ({ weight }) => weight),
    cells,
  };
}

/** The pairs of some queries, in their order. */
export function pairsOf(preferences: Preferences, queries: Int32Array): Comparisons & { readonly query: Int32Array } {
  const at: number[] = [];
  const query: number[] = [];
  for (const q of queries) {
    for (let p = preferences.start[q]!; p < preferences.start[q + 1]!; p++) {
      at.push(p);
      query.push(q);
    }
  }
  const of = (column: ArrayLike<number>) => Float64Array.from(at, (p) => column[p]!);
  return {
    query: Int32Array.from(query),
    first: of(preferences.first),
    second: of(preferences.second),
    outcome: of(preferences.outcome),
    weight: of(preferences.weight),
  };
}
