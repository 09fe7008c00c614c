// How sure pairwise accuracy, AUC and log-loss are: a paired bootstrap over whole queries, the same resamples for every scorer.
import { seededResamples } from '../math/resample.js';
import { groupNumbers, type Interval, percentileInterval } from './bootstrap.js';

export interface ResampledMetrics<T> {
  /** Of the decisive pairs; a difference of 0 counts ½. */
  readonly accuracy: T;
  readonly auc: T;
  readonly logLoss: T;
}

export interface ResamplingOptions {
  readonly seed: number;
  /** Default 1000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
}

/**
 * One entry a scorer: its intervals, and those of its lead over the first scorer (minus the first's figure; of the first itself 0).
 * @param scorers [P] S_first − S_second of each pair, by scorer
 * @param outcome [P] 1 = the first won, 0 = the second, ½ = a tie
 * @param queries [P] pairs of equal number are drawn together
 */
export function pairwiseIntervals(
  scorers: readonly ArrayLike<number>[],
  outcome: ArrayLike<number>,
  queries: ArrayLike<number>,
  { seed, resamples = 1000, confidence = 0.95 }: ResamplingOptions,
): { readonly interval: ResampledMetrics<Interval>; readonly lead: ResampledMetrics<Interval> }[] {
  const groups = groupNumbers(queries);
  const counts = new Float64Array(groups.count);
  const draw = seededResamples(seed, groups.count);
  const measures = scorers.map((difference) => weightedMetrics(difference, outcome, groups.ids));
  const figures = scorers.map(() => ({
    accuracy: new Float64Array(resamples),
    auc: new Float64Array(resamples),
    logLoss: new Float64Array(resamples),
  }));
  for (let b = 0; b < resamples; b++) {
    draw(counts);
    measures.forEach((measure, s) => {
      const drawn = measure(counts);
      for (const name of NAMES) figures[s]![name][b] = drawn[name];
    });
  }
  const intervals = (of: (name: (typeof NAMES)[number]) => Float64Array): ResampledMetrics<Interval> => ({
    accuracy: percentileInterval(of('accuracy'), confidence),
    auc: percentileInterval(of('auc'), confidence),
    logLoss: percentileInterval(of('logLoss'), confidence),
  });
  return figures.map((own) => ({
    interval: intervals((name) => own[name]),
    lead: intervals((name) => own[name].map((value, b) => value - figures[0]![name][b]!)),
  }));
}

const NAMES = ['accuracy', 'auc', 'logLoss'] as const;

/** The metrics with every pair counted as often as its group; NaN where nothing was drawn. Sorts the pairs once. */
function weightedMetrics(
  difference: ArrayLike<number>,
  outcome: ArrayLike<number>,
  groups: Int32Array,
): (counts: Float64Array) => ResampledMetrics<number> {
  const all = Array.from({ length: outcome.length }, (_, p) => p);
  const losses = all.map((p) => {
    const d = difference[p]!;
    return Math.max(d, 0) + Math.log1p(Math.exp(-Math.abs(d))) - outcome[p]! * d;
  });
  const ascending = all.filter((p) => outcome[p] !== 0.5).sort((p, q) => difference[p]! - difference[q]!);
  return (counts) => {
    const sums = { loss: 0, pairs: 0, right: 0, decisive: 0 };
    for (const p of all) {
      sums.loss += counts[groups[p]!]! * losses[p]!;
      sums.pairs += counts[groups[p]!]!;
    }
    let [wins, defeats, above] = [0, 0, 0]; // `above`: pairs (win, defeat) with the win's difference the larger, ties ½
    for (let start = 0; start < ascending.length; ) {
      const value = difference[ascending[start]!]!;
      let [tiedWins, tiedDefeats] = [0, 0];
      let end = start;
      for (; end < ascending.length && difference[ascending[end]!] === value; end++) {
        const count = counts[groups[ascending[end]!]!]!;
        if (outcome[ascending[end]!] === 1) tiedWins += count;
        else tiedDefeats += count;
      }
      above += tiedWins * (defeats + tiedDefeats / 2);
      sums.right += value === 0 ? (tiedWins + tiedDefeats) / 2 : value > 0 ? tiedWins : tiedDefeats;
      wins += tiedWins;
      defeats += tiedDefeats;
      start = end;
    }
    sums.decisive = wins + defeats;
    return {
      accuracy: sums.right / sums.decisive,
      auc: above / (wins * defeats),
      logLoss: sums.loss / sums.pairs,
    };
  };
}
