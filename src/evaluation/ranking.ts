// Does a router rank the models of a query as their outcomes do? Recall@k, pairwise AUC, NDCG, Kendall's τ-b, and precision and recall of choices.
// NDCG: Järvelin & Kekäläinen, ACM TOIS 20 (2002), gains s, discount log2(rank + 1). τ-b: Kendall, Biometrika 33 (1945).
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import { orNull } from './or-null.js';

export interface Ranking {
  /** Share of queries with a best model among the 1, 2, 3 that the router scores highest. */
  readonly recall: readonly [number | null, number | null, number | null];
  /** The same over queries with one to three best models, not all of quality 0. */
  readonly recallFew: readonly [number | null, number | null, number | null];
  /** P(ŝ of the better > ŝ of the worse) over all pairs of cells of a query that differ in quality; equal ŝ count ½. */
  readonly pairwiseAuc: number | null;
  /** Of the three scored highest; queries where every model has 0 are left out. */
  readonly ndcg3: number | null;
  /** Mean over queries; those where all scores or all qualities are alike are left out. */
  readonly tauB: number | null;
}

const DISCOUNT = [1, 1 / Math.log2(3), 0.5];
/** The most best models that still make a query one where the choice matters. */
const FEW = 3;

/** Missing cells are left out of their query. @param scores [N×M]; equal ones: the first column counts as the higher */
export function rankingOf(scores: Matrix, { quality, models }: OutcomeTable): Ranking {
  const M = models.length;
  const sums = { recall: [0, 0, 0], few: [0, 0, 0], won: 0, pairs: 0, ndcg: 0, tau: 0 };
  const rows = { all: 0, few: 0, ndcg: 0, tau: 0 };
  const order = new Int32Array(M);
  const ideal = new Float64Array(M);
  const [scored, earned] = [new Float64Array(M), new Float64Array(M)];
  for (let i = 0, at = 0; i < quality.rows; i++, at += M) {
    let n = 0;
    for (let m = 0; m < M; m++) {
      const s = quality.data[at + m]!;
      if (Number.isNaN(s)) continue;
      let place = n;
      for (; place > 0 && scores.data[at + order[place - 1]!]! < scores.data[at + m]!; place--) {
        order[place] = order[place - 1]!;
      }
      order[place] = m;
      place = n++;
      for (; place > 0 && ideal[place - 1]! < s; place--) ideal[place] = ideal[place - 1]!;
      ideal[place] = s;
    }
    if (n === 0) continue;
    const best = ideal[0]!;
    let bests = 0;
    while (bests < n && ideal[bests] === best) bests++;
    let first = 0;
    while (quality.data[at + order[first]!] !== best) first++;
    rows.all++;
    const few = bests <= FEW && best > 0;
    if (few) rows.few++;
    for (let k = Math.min(first, 3); k < 3; k++) {
      sums.recall[k]! += 1;
      if (few) sums.few[k]! += 1;
    }
    if (best > 0) {
      let [gain, most] = [0, 0];
      for (let k = 0; k < Math.min(3, n); k++) {
        gain += DISCOUNT[k]! * quality.data[at + order[k]!]!;
        most += DISCOUNT[k]! * ideal[k]!;
      }
      sums.ndcg += gain / most;
      rows.ndcg++;
    }
    for (let a = 0; a < n; a++) {
      scored[a] = scores.data[at + order[a]!]!;
      earned[a] = quality.data[at + order[a]!]!;
    }
    let concordant = 0;
    let discordant = 0;
    let tiedScores = 0;
    let equal = 0;
    for (let a = 0, run = 0; a < n; a++) {
      const q = earned[a]!;
      while (run < n && scored[run] === scored[a]) run++; // the first that is scored lower
      tiedScores += run - a - 1;
      for (let b = a + 1; b < run; b++) equal += Number(earned[b] === q);
      for (let b = run; b < n; b++) {
        const other = earned[b]!;
        concordant += Number(q > other);
        discordant += Number(q < other);
      }
    }
    const tiedQualities = equal + ((n * (n - 1)) / 2 - tiedScores - concordant - discordant);
    const pairs = (n * (n - 1)) / 2;
    const decided = pairs - tiedQualities;
    sums.pairs += decided;
    sums.won += concordant + (decided - concordant - discordant) / 2;
    if (decided > 0 && pairs > tiedScores) {
      sums.tau += (concordant - discordant) / Math.sqrt(decided * (pairs - tiedScores));
      rows.tau++;
    }
  }
  const shares = (hits: readonly number[], of: number) =>
    hits.map((hit) => orNull(hit / of)) as [number | null, number | null, number | null];
  return {
    recall: shares(sums.recall, rows.all),
    recallFew: shares(sums.few, rows.few),
    pairwiseAuc: orNull(sums.won / sums.pairs),
    ndcg3: orNull(sums.ndcg / rows.ndcg),
    tauB: orNull(sums.tau / rows.tau),
  };
}

export interface ChoiceClasses {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * One model against the rest, "was chosen" foretelling "is one of the best"; means over models, 0/0 = 0 (scikit-learn's
 * macro average). Only queries whose chosen cell is present.
 */
export function choiceClasses(choices: Int32Array, { quality, models }: OutcomeTable): ChoiceClasses {
  const M = models.length;
  const counts = models.map(() => ({ chosen: 0, best: 0, both: 0 }));
  for (let i = 0, at = 0; i < quality.rows; i++, at += M) {
    const chosen = choices[i]!;
    if (chosen < 0 || Number.isNaN(quality.data[at + chosen])) continue;
    let best = Number.NEGATIVE_INFINITY;
    for (let m = 0; m < M; m++) if (quality.data[at + m]! > best) best = quality.data[at + m]!;
    counts[chosen]!.chosen++;
    for (let m = 0; m < M; m++) {
      if (quality.data[at + m] !== best) continue;
      counts[m]!.best++;
      if (m === chosen) counts[m]!.both++;
    }
  }
  const each = counts.map(({ chosen, best, both }) => {
    const [precision, recall] = [ratio(both, chosen), ratio(both, best)];
    return { precision, recall, f1: ratio(2 * precision * recall, precision + recall) };
  });
  const mean = (of: (one: ChoiceClasses) => number) => each.reduce((sum, one) => sum + of(one), 0) / M;
  return { precision: mean((one) => one.precision), recall: mean((one) => one.recall), f1: mean((one) => one.f1) };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
