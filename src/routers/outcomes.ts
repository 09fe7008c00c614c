// Outcomes as a router sums them: a missing cell adds nothing, and every model has its mean as the prior.
import type { TrainingTable } from './router.js';

export interface Outcomes {
  /** [N×M] K∘Y: quality, 0 where the cell is missing. */
  readonly quality: Float32Array;
  /** [N×M] K: 1 present, 0 missing. */
  readonly present: Float32Array;
  /** [M] g: the mean quality of each model over its present cells. */
  readonly prior: Float32Array;
}

/** The table has been checked: every model has a present cell. */
export function outcomesOf({ quality, models }: TrainingTable): Outcomes {
  const values = new Float32Array(quality.data.length);
  const present = new Float32Array(quality.data.length);
  const sums = new Float64Array(models.length);
  const counts = new Float64Array(models.length);
  quality.data.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    values[at] = value;
    present[at] = 1;
    sums[at % models.length]! += value;
    counts[at % models.length]! += 1;
  });
  return { quality: values, present, prior: Float32Array.from(sums, (sum, m) => sum / counts[m]!) };
}
