// In which order models earn their place in the pool: greedy by what each adds to the oracle.
import type { Matrix } from '../math/matrix.js';
import { columnMeans } from './baselines.js';

export interface PoolStep {
  /** Column. */
  readonly model: number;
  /** Mean of the row maxima with this model and all before it. */
  readonly oracle: number;
}

/** Adds the model with the largest gain, or the largest gain per dollar; ties to the lowest column. Missing cells add nothing. */
export function poolOrder(quality: Matrix<Float64Array>, cost: Matrix<Float64Array> | null): PoolStep[] {
  const price = cost && columnMeans(cost);
  const reached = new Float64Array(quality.rows);
  const left = new Set(Array.from({ length: quality.cols }, (_, m) => m));
  const steps: PoolStep[] = [];
  while (left.size > 0) {
    const gains = oracleGains(quality, reached, steps.at(-1)?.model);
    let best = { model: -1, worth: Number.NEGATIVE_INFINITY, gain: 0 };
    for (const model of left) {
      const gain = gains[model]!;
      const worth = price ? gain / price[model]! : gain;
      if (worth > best.worth || best.model < 0) best = { model, worth, gain };
    }
    left.delete(best.model);
    steps.push({ model: best.model, oracle: (steps.at(-1)?.oracle ?? 0) + best.gain });
  }
  return steps;
}

/** What each model [M] adds to the mean of what is reached once `joined` is in; row by row, as the cells lie in memory. */
function oracleGains(quality: Matrix<Float64Array>, reached: Float64Array, joined: number | undefined): Float64Array {
  const sums = new Float64Array(quality.cols);
  for (let i = 0, at = 0; i < quality.rows; i++) {
    const own = joined === undefined ? 0 : quality.data[at + joined]!;
    if (own > reached[i]!) reached[i] = own;
    const base = reached[i]!;
    for (let m = 0; m < quality.cols; m++, at++) {
      const value = quality.data[at]!;
      if (value > base) sums[m]! += value - base;
    }
  }
  return sums.map((sum) => sum / quality.rows);
}
