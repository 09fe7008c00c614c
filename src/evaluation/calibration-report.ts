// Does a router's expected quality mean what it says? Per model, on queries that it never learned from.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import { brierScore, equalMassEce, logLoss, type ReliabilityBin, reliability } from './calibration.js';

export interface ModelCalibration {
  readonly model: string;
  /** Present cells. */
  readonly n: number;
  /** Expected calibration error: over ten bins of equal width, and of equal mass. */
  readonly ece: number;
  readonly eceMass: number;
  readonly brier: number;
  readonly logLoss: number;
  /** ece once the calibrator has been applied; null where there is none. */
  readonly eceCalibrated: number | null;
  /** Ten of equal width. */
  readonly bins: readonly ReliabilityBin[];
}

export interface RouterCalibration {
  readonly router: string;
  /** Over all present cells. */
  readonly ece: number;
  readonly eceCalibrated: number | null;
  readonly models: readonly ModelCalibration[];
}

/** Mean distance of expected from found quality above which an expectation must not be read as a probability. */
const GREATEST_ECE = 0.05;

export function isMiscalibrated({ ece }: { readonly ece: number }): boolean {
  return ece > GREATEST_ECE;
}

/**
 * Models without a present cell are left out; null without any.
 * @param expected [N×M] expected qualities in [0, 1]; @param calibrated [N×M] the same after calibration
 */
export function calibrationReport(
  router: string,
  expected: Matrix,
  judged: OutcomeTable,
  calibrated?: Matrix,
): RouterCalibration | null {
  const after = calibrated ? calibrationReport(router, calibrated, judged) : null;
  const room = { predicted: new Float64Array(judged.quality.rows), observed: new Float64Array(judged.quality.rows) };
  const models = judged.models.flatMap((model, m): ModelCalibration[] => {
    const { predicted, observed } = presentPairs(expected, judged.quality, m, room);
    if (observed.length === 0) return [];
    const { ece, bins } = reliability(predicted, observed);
    return [
      {
        model,
        n: observed.length,
        ece,
        eceCalibrated: after?.models.find((one) => one.model === model)?.ece ?? null,
        eceMass: equalMassEce(predicted, observed),
        brier: brierScore(predicted, observed),
        logLoss: logLoss(predicted, observed),
        bins,
      },
    ];
  });
  return models.length === 0 ? null : { router, ece: pooledEce(models), eceCalibrated: after?.ece ?? null, models };
}

/** Over all models' cells: bins of the same range add up. */
function pooledEce(models: readonly ModelCalibration[]): number {
  const cells = models.reduce((sum, { n }) => sum + n, 0);
  const gaps = models[0]!.bins.map((_, b) =>
    models.reduce((sum, { bins }) => sum + bins[b]!.n * ((bins[b]!.observed ?? 0) - (bins[b]!.predicted ?? 0)), 0),
  );
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / cells;
}

/** Written over `room`, which serves one model after the other. */
function presentPairs(
  expected: Matrix,
  quality: Matrix<Float64Array>,
  m: number,
  { predicted, observed }: { readonly predicted: Float64Array; readonly observed: Float64Array },
) {
  let n = 0;
  for (let at = m; at < quality.data.length; at += quality.cols) {
    if (Number.isNaN(quality.data[at])) continue;
    predicted[n] = Math.min(1, Math.max(0, expected.data[at]!));
    observed[n++] = quality.data[at]!;
  }
  return { predicted: predicted.subarray(0, n), observed: observed.subarray(0, n) };
}
