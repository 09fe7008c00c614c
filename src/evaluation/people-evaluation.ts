// Do people's own pasts foretell their votes better than a ranking for everybody? Accuracy, AUC and per-person figures, paired over people.
import { seededResamples } from '../math/resample.js';
import { mean, percentile } from '../math/stats.js';
import { type Interval, percentileInterval } from './bootstrap.js';
import { pairwiseMetrics } from './pairwise.js';

/** Votes as columns [V], each foretold by something that had not seen it or any later one of its person. */
export interface ForetoldVotes {
  /** [V] equal number = one person. */
  readonly user: ArrayLike<number>;
  /** [V] 1 = the first won, 0 = the second, ½ = a tie. */
  readonly outcome: ArrayLike<number>;
  /** By scorer: [V] score of the first minus that of the second. The first scorer is the ranking for everybody. */
  readonly differences: Readonly<Record<string, ArrayLike<number>>>;
  /** By scorer, then by how many own votes it was shown: [V], as above. Empty where a scorer was not asked so. */
  readonly byHistory: Readonly<Record<string, Readonly<Record<string, ArrayLike<number>>>>>;
}

export interface PersonalScorer {
  readonly name: string;
  /** Of the votes that are no ties. */
  readonly accuracy: number | null;
  readonly auc: number | null;
  /** With ties. */
  readonly logLoss: number | null;
  /** Over people with a vote that is no tie. */
  readonly perUser: { readonly mean: number; readonly p10: number; readonly worst: number };
  /** People of whom it foretells more, as much, less than the first scorer. */
  readonly against: { readonly better: number; readonly equal: number; readonly worse: number };
  /** Accuracy minus that of the first scorer, people drawn anew. */
  readonly lead: Interval & { readonly difference: number };
  /** Accuracy by how many own votes were shown. */
  readonly fewShot: readonly { readonly votes: string; readonly accuracy: number | null }[];
}

export interface PeopleReport {
  readonly users: number;
  readonly votes: number;
  readonly ties: number;
  readonly scorers: readonly PersonalScorer[];
  /** By their number in the data; votes that are no ties, and by scorer the share foretold. */
  readonly people: readonly {
    readonly person: number;
    readonly votes: number;
    readonly accuracy: Readonly<Record<string, number>>;
  }[];
  /** pays: some scorer's lead over the ranking for everybody is above 0 in all of its interval. */
  readonly verdict: 'pays' | 'does not pay';
  readonly sentence: string;
}

export interface PeopleOptions {
  readonly seed: number;
  readonly bootstrap: number;
  readonly confidence: number;
  /** What decides; the other scorers only stand beside it. */
  readonly judged: readonly string[];
}

export function evaluatePeople(votes: ForetoldVotes, options: PeopleOptions): PeopleReport {
  const names = Object.keys(votes.differences);
  const decisive = Array.from(votes.outcome, (_, v) => v).filter((v) => votes.outcome[v] !== 0.5);
  const users = [...new Set(decisive.map((v) => votes.user[v]!))];
  const hits = new Map(names.map((name) => [name, hitsByUser(votes, votes.differences[name]!, decisive, users)]));
  const first = hits.get(names[0]!)!;
  const scorers = names.map((name): PersonalScorer => {
    const own = hits.get(name)!;
    const metrics = pairwiseMetrics({ difference: votes.differences[name]!, outcome: votes.outcome });
    const shares = own.right.map((right, u) => right / own.counts[u]!);
    return {
      name,
      accuracy: metrics.accuracy,
      auc: metrics.auc,
      logLoss: metrics.logLoss,
      perUser: { mean: mean(shares), p10: percentile(shares, 10), worst: Math.min(...shares) },
      against: betterWorse(first, own),
      lead: leadOver(first, own, options),
      fewShot: Object.entries(votes.byHistory[name] ?? {}).map(([shown, difference]) => ({
        votes: shown,
        accuracy: pairwiseMetrics({ difference, outcome: votes.outcome }).accuracy,
      })),
    };
  });
  const judged = scorers.filter(({ name }) => options.judged.includes(name));
  // Several scorers are several chances to look good: each must lead by an interval as much wider (Bonferroni).
  const best = judged.toSorted((a, b) => b.lead.difference - a.lead.difference)[0];
  const pays = best !== undefined && best.lead.low > 0;
  return {
    users: new Set(Array.from(votes.user)).size,
    votes: votes.outcome.length,
    ties: votes.outcome.length - decisive.length,
    scorers,
    people: users.map((person, u) => ({
      person,
      votes: first.counts[u]!,
      accuracy: Object.fromEntries(names.map((name) => [name, hits.get(name)!.right[u]! / first.counts[u]!])),
    })),
    verdict: pays ? 'pays' : 'does not pay',
    sentence: sentenceOf(best, names[0]!, pays, users.length),
  };
}

interface Hits {
  /** [users] votes foretold; a difference of 0 counts ½. */
  readonly right: readonly number[];
  /** [users] votes that are no ties. */
  readonly counts: readonly number[];
}

function hitsByUser(
  { user, outcome }: ForetoldVotes,
  difference: ArrayLike<number>,
  decisive: readonly number[],
  users: readonly number[],
): Hits {
  const at = new Map(users.map((id, u) => [id, u]));
  const right = users.map(() => 0);
  const counts = users.map(() => 0);
  for (const v of decisive) {
    const u = at.get(user[v]!)!;
    const d = difference[v]!;
    right[u]! += d === 0 ? 0.5 : Number(d > 0 === (outcome[v] === 1));
    counts[u]! += 1;
  }
  return { right, counts };
}

function betterWorse(first: Hits, own: Hits) {
  const differences = own.right.map((right, u) => right - first.right[u]!);
  return {
    better: differences.filter((value) => value > 0).length,
    equal: differences.filter((value) => value === 0).length,
    worse: differences.filter((value) => value < 0).length,
  };
}

function leadOver(first: Hits, own: Hits, { seed, bootstrap, confidence, judged }: PeopleOptions) {
  const U = own.counts.length;
  const draws = new Float64Array(U);
  const draw = seededResamples(seed, U);
  const leads = new Float64Array(bootstrap);
  const leadOf = (weight: (u: number) => number) => {
    let difference = 0;
    let total = 0;
    for (let u = 0; u < U; u++) {
      difference += weight(u) * (own.right[u]! - first.right[u]!);
      total += weight(u) * own.counts[u]!;
    }
    return difference / total;
  };
  for (let b = 0; b < bootstrap; b++) {
    draw(draws);
    leads[b] = leadOf((u) => draws[u]!);
  }
  const interval = percentileInterval(leads, 1 - (1 - confidence) / Math.max(1, judged.length));
  return { difference: leadOf(() => 1), ...interval };
}

function sentenceOf(best: PersonalScorer | undefined, ranking: string, pays: boolean, users: number): string {
  if (best === undefined) return 'Personal routing cannot be judged: no router was scored on held-out people.';
  const { difference, low, high } = best.lead;
  const points = (value: number) => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  return `Personal routing ${pays ? 'pays' : 'does not pay'} here: ${best.name} foretells ${points(difference)} points [${points(low)}, ${points(high)}] of the votes more than the ${ranking}, on ${users} people.`;
}
