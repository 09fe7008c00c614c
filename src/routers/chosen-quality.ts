// The yardstick of inner validation: the mean quality of the models that the scores choose.
import type { Matrix } from '../math/matrix.js';

export interface ChosenQuality {
  /** Counts the outcome of the highest-scored model (equal: the first) of a row; a missing cell counts for nothing. */
  add(row: number, scores: ArrayLike<number>): void;
  /** 0 where no chosen cell was present. */
  mean(): number;
}

/** @param quality [N×M], NaN where missing */
export function chosenQuality(quality: Matrix<Float64Array>): ChosenQuality {
  let sum = 0;
  let count = 0;
  return {
    add(row, scores) {
      let best = 0;
      for (let m = 1; m < quality.cols; m++) if (scores[m]! > scores[best]!) best = m;
      const earned = quality.data[row * quality.cols + best]!;
      if (Number.isNaN(earned)) return;
      sum += earned;
      count++;
    },
    mean: () => (count ? sum / count : 0),
  };
}
