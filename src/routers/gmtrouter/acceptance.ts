// Keeps what was learned of pasts only where it foretells people held out better than the ranking for everybody, beyond chance.
import { seededRandom } from '../../math/random.js';
import { mean, standardDeviation } from '../../math/stats.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { FitContext } from '../router.js';
import { gatherHistories, newestPast } from './histories.js';
import type { GmtrouterParams } from './params.js';
import { type TurnData, turnScores } from './problem.js';
import { forEachPair } from './turns.js';

/** Groups scored together: bounds the memory of their pasts. */
const PART = 128;

/**
 * true: the log-loss of the judging users' pairs falls by more than one standard error (paired by user) below that of the ranking;
 * with one user, by anything at all.
 * @param rows numbers of groups
 */
export async function pastsHelp(
  data: TurnData,
  params: GmtrouterParams,
  rows: Int32Array,
  trained: NamedWeights,
  { training }: FitContext,
): Promise<boolean> {
  if (rows.length === 0) return true; // nothing judges: the fit ran its epochs unjudged
  const { tf } = await (await import('../../training/engine.js')).openEngine(training);
  const gains = new Map<number, number[]>();
  for (let start = 0; start < rows.length; start += PART) {
    const targets = Array.from(rows.subarray(start, start + PART), (number) => data.groups[number]!);
    const pasts = targets.map((target) => newestPast(target, params.historySize));
    const scores = tf.tidy(() => {
      const parameters = Object.fromEntries(
        Object.entries(trained).map(([name, weights]) => [
          name,
          tf.tensor(weights.data, [...weights.shape], 'float32'),
        ]),
      );
      const step = { tf, parameters, training: false, random: seededRandom(0) }; // nothing is drawn outside training
      return turnScores(step, data, params, gatherHistories(data.groups, targets, pasts, params.multiTurn)).dataSync();
    });
    targets.forEach((target, column) => {
      const own = gains.get(target.user) ?? [];
      const score = (m: number) => scores[m * targets.length + column]!;
      own.push(logLoss(target, (m) => data.prior[m]!) - logLoss(target, score));
      gains.set(target.user, own);
    });
  }
  const byUser = Array.from(gains.values(), mean);
  const error = byUser.length > 1 ? standardDeviation(byUser) / Math.sqrt(byUser.length) : 0;
  return mean(byUser) > error;
}

/** Σ over the group's pairs of weight·softplus(s_b − s_a), a the winner. */
function logLoss(target: Parameters<typeof forEachPair>[0], score: (model: number) => number): number {
  let sum = 0;
  forEachPair(target, (a, b, weight) => {
    const difference = score(b) - score(a);
    sum += weight * (Math.max(difference, 0) + Math.log1p(Math.exp(-Math.abs(difference))));
  });
  return sum;
}
