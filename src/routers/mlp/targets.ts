// What the network is asked for, per training row: the quality of every model, or the share of each in being the best.
import { matrix } from '../../math/matrix.js';
import { balancedWeights } from '../balanced.js';
import { logit } from '../logit.js';
import type { Outcomes } from '../outcomes.js';
import type { TrainingTable } from '../router.js';
import type { MlpParams } from './params.js';

export interface MlpTargets {
  /** [N×M] quality, or each row's unit of mass over its best models (times what each model weighs). */
  readonly values: Float32Array;
  /** [N×M] 0 where the cell is missing, else what it weighs: 1, or of target scores with balanced models the model's weight. */
  readonly weights: Float32Array;
  /** [M] where the output layer's bias starts: at what the targets are on average. */
  readonly outputBias: Float32Array;
}

/** Models this close to the row's best share its unit of mass. */
export const BEST_WITHIN = 0.01;

export function mlpTargets(
  table: TrainingTable,
  outcomes: Outcomes,
  { target, classWeights }: Pick<MlpParams, 'target' | 'classWeights'>,
): MlpTargets {
  const { present, prior } = outcomes;
  const balance = (mass: Float32Array) => {
    if (classWeights === 'none') return mass;
    const weights = balancedWeights(matrix(table.quality.rows, table.quality.cols, mass));
    return mass.map((value, at) => value * weights[at % weights.length]!);
  };
  if (target === 'scores') {
    return { values: outcomes.quality, weights: balance(present), outputBias: prior.map(logit) };
  }
  return { values: balance(bestShares(table)), weights: present, outputBias: new Float32Array(prior.length) };
}

/** [N×M] 1/n for the n present models within 0.01 of the row's best, 0 for the others. */
function bestShares({ quality }: TrainingTable): Float32Array {
  const shares = new Float32Array(quality.data.length);
  for (let start = 0; start < shares.length; start += quality.cols) {
    const row = quality.data.subarray(start, start + quality.cols);
    const best = Math.max(...row.filter((value) => !Number.isNaN(value)));
    const winners = Array.from(row.keys()).filter((m) => row[m]! >= best - BEST_WITHIN);
    for (const m of winners) shares[start + m] = 1 / winners.length;
  }
  return shares;
}
