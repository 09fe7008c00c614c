// What the network is asked for, per training row: the quality of every model, or the share of each in being the best.
import { logit } from '../logit.js';
import type { Outcomes } from '../outcomes.js';
import type { TrainingTable } from '../router.js';
import type { MlpParams } from './params.js';

export interface MlpTargets {
  /** [N×M] quality, or each row's unit of mass over its best models. */
  readonly values: Float32Array;
  /** [N×M] 1 where the cell is present. */
  readonly present: Float32Array;
  /** [M] where the output layer's bias starts: at what the targets are on average. */
  readonly outputBias: Float32Array;
}

/** Models this close to the row's best share its unit of mass. */
export const BEST_WITHIN = 0.01;

export function mlpTargets(
  table: TrainingTable,
  outcomes: Outcomes,
  { target }: Pick<MlpParams, 'target'>,
): MlpTargets {
  const { present, prior } = outcomes;
  if (target === 'scores') return { values: outcomes.quality, present, outputBias: prior.map(logit) };
  return { values: bestShares(table), present, outputBias: new Float32Array(prior.length) };
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
