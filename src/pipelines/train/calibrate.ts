// A calibrator per model from the validation rows, as the manifest keeps it.
import type { RouterEntry } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Calibrator, fitCalibrator } from '../../math/calibrator.js';
import type { Matrix } from '../../math/matrix.js';
import { expectedQualities } from '../../routers/decide.js';

/** Rows below which a curve of two parameters is all that can be learned. */
const MANY = 1000;

/**
 * Platt's curve below 1,000 validation queries, isotonic from there on, unless one is named; undefined where nothing can be fitted,
 * and for scores that hold more than quality. @param scores [rows × M]
 */
export function calibrationOf(
  table: OutcomeTable,
  rows: Int32Array,
  scores: Matrix,
  scale: RouterEntry['scale'],
  asked: VsrConfig['train']['calibrate'],
): RouterEntry['calibration'] {
  if (asked === 'none' || scale === 'utility') return undefined;
  const method = asked === 'auto' ? (rows.length < MANY ? 'platt' : 'isotonic') : asked;
  const M = table.models.length;
  const expected = Array.from(rows, (_, r) => expectedQualities(scores.data.subarray(r * M, (r + 1) * M), scale));
  const models: Record<string, Calibrator> = {};
  table.models.forEach((model, m) => {
    const present = Array.from(rows.keys()).filter((r) => !Number.isNaN(table.quality.data[rows[r]! * M + m]!));
    const calibrator = fitCalibrator(
      method,
      present.map((r) => expected[r]![m]!),
      present.map((r) => table.quality.data[rows[r]! * M + m]!),
    );
    if (calibrator) models[model] = calibrator;
  });
  return Object.keys(models).length > 0 ? { method, queries: rows.length, models } : undefined;
}
