// How sure pairwise accuracy, precision, recall, F1, AUC and log-loss are: a paired bootstrap over whole queries, the same resamples for every scorer.
import { seededResamples } from '../math/resample.js';
import { groupNumbers, type Interval, percentileInterval } from './bootstrap.js';

export interface ResampledMetrics<T> {
  /** Of the decisive pairs; a difference of 0 counts ½. */
  readonly accuracy: T;
  /** Of "the first wins", as in `pairwiseMetrics`. */
  readonly precision: T;
  readonly recall: T;
  readonly f1: T;
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
  const figures = scorers.map(() => everyMetric(() => new Float64Array(resamples)));
  for (let b = 0; b < resamples; b++) {
    draw(counts);
    measures.forEach((measure, s) => {
      const drawn = measure(counts);
      for (const name of NAMES) figures[s]![name][b] = drawn[name];
    });
  }
  return figures.map((own) => ({
    interval: everyMetric((name) => percentileInterval(own[name], confidence)),
    lead: everyMetric((name) =>
      percentileInterval(
        own[name].map((value, b) => value - figures[0]![name][b]!),
        confidence,
      ),
    ),
  }));
}

const NAMES = ['accuracy', 'precision', 'recall', 'f1', 'auc', 'logLoss'] as const;

function everyMetric<T>(of: (name: (typeof NAMES)[number]) => T): ResampledMetrics<T> {
  return Object.fromEntries(NAMES.map((name) => [name, of(name)])) as unknown as ResampledMetrics<T>;
}

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
    const sums = { loss: 0, pairs: 0, right: 0, foretold: 0, found: 0 };
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
      if (value > 0) {
        sums.foretold += tiedWins + tiedDefeats;
        sums.found += tiedWins;
      }
      wins += tiedWins;
      defeats += tiedDefeats;
      start = end;
    }
    const decisive = wins + defeats;
    // nothing drawn is unknown; nothing foretold or nothing to find is 0
    const ratio = (part: number, whole: number) => (decisive === 0 ? Number.NaN : whole > 0 ? part / whole : 0);
    return {
      accuracy: sums.right / decisive,
      precision: ratio(sums.found, sums.foretold),
      recall: ratio(sums.found, wins),
      f1: ratio(2 * sums.found, sums.foretold + wins),
      auc: above / (wins * defeats),
      logLoss: sums.loss / sums.pairs,
    };
  };
}
