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
  table: OutcomeTable,
  rows: Int32Array,
  fold: Int32Array,
  method: Calibrator['method'],
): Matrix {
  const M = table.models.length;
  const out = matrix(expected.rows, M, expected.data.slice());
  for (const held of new Set(fold)) {
    const fitted = calibratorsOf(expected, table, rows, (i) => fold[i] !== held, method);
    const part = applied(expected, fitted, (i) => fold[i] === held);
    fold.forEach((of, i) => {
      if (of === held) out.data.set(part.data.subarray(i * M, (i + 1) * M), i * M);
    });
  }
  return out;
}

/** [M] fitted on the rows i that are wanted; undefined for a model without an outcome there. */
export function calibratorsOf(
  expected: Matrix,
  { models, quality }: OutcomeTable,
  rows: Int32Array,
  wanted: (i: number) => boolean,
  method: Calibrator['method'],
): (Calibrator | undefined)[] {
  const M = models.length;
  return models.map((_, m) => {
    const inside = Array.from(rows.keys()).filter((i) => wanted(i) && !Number.isNaN(quality.data[rows[i]! * M + m]!));
    return fitCalibrator(
      method,
      inside.map((i) => expected.data[i * M + m]!),
      inside.map((i) => quality.data[rows[i]! * M + m]!),
    );
  });
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
