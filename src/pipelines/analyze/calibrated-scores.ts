// What calibration makes of expected qualities: with the artifact's own calibrators, or out of fold with those of the other folds.
import type { RouterEntry } from '../../artifacts/manifest.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Calibrator, calibrated, fitCalibrator } from '../../math/calibrator.js';
import { type Matrix, matrix } from '../../math/matrix.js';

/** [rows × M]; a model without a calibrator keeps what was expected. */
export function calibratedScores(
  expected: Matrix,
  models: readonly string[],
  calibration: NonNullable<RouterEntry['calibration']>,
): Matrix {
  return applied(
    expected,
    models.map((model) => calibration.models[model]),
    () => true,
  );
}

/** @param rows of the table, [expected.rows]; @param fold [expected.rows] */
export function crossCalibrated(
  expected: Matrix,
  { models, quality }: OutcomeTable,
  rows: Int32Array,
  fold: Int32Array,
  method: Calibrator['method'],
): Matrix {
  const M = models.length;
  const out = matrix(expected.rows, M, expected.data.slice());
  for (const held of new Set(fold)) {
    const fitted = models.map((_, m) => {
      const inside = Array.from(rows.keys()).filter(
        (i) => fold[i] !== held && !Number.isNaN(quality.data[rows[i]! * M + m]!),
      );
      return fitCalibrator(
        method,
        inside.map((i) => expected.data[i * M + m]!),
        inside.map((i) => quality.data[rows[i]! * M + m]!),
      );
    });
    const part = applied(expected, fitted, (i) => fold[i] === held);
    fold.forEach((of, i) => {
      if (of === held) out.data.set(part.data.subarray(i * M, (i + 1) * M), i * M);
    });
  }
  return out;
}

function applied(
  expected: Matrix,
  calibrators: readonly (Calibrator | undefined)[],
  wanted: (row: number) => boolean,
): Matrix {
  const M = expected.cols;
  const out = matrix(expected.rows, M, expected.data.slice());
  for (let i = 0; i < expected.rows; i++) {
    if (!wanted(i)) continue;
    calibrators.forEach((calibrator, m) => {
      if (calibrator) out.data[i * M + m] = calibrated(expected.data[i * M + m]!, calibrator);
    });
  }
  return out;
}
