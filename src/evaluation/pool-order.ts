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
    let best = { model: -1, worth: Number.NEGATIVE_INFINITY, gain: 0 };
    for (const model of left) {
      const gain = oracleGain(quality, model, reached);
      const worth = price ? gain / price[model]! : gain;
      if (worth > best.worth || best.model < 0) best = { model, worth, gain };
    }
    left.delete(best.model);
    for (let i = 0; i < quality.rows; i++) {
      const value = quality.data[i * quality.cols + best.model]!;
      if (value > reached[i]!) reached[i] = value;
    }
    steps.push({ model: best.model, oracle: (steps.at(-1)?.oracle ?? 0) + best.gain });
  }
  return steps;
}

function oracleGain(quality: Matrix<Float64Array>, model: number, reached: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < quality.rows; i++) {
    const value = quality.data[i * quality.cols + model]!;
    if (value > reached[i]!) sum += value - reached[i]!;
  }
  return sum / quality.rows;
}
