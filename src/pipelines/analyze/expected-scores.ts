// What a router expected of every model on every judged query: qualities and dollars, as the decision saw them.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Matrix, matrix, matrix64 } from '../../math/matrix.js';
import { type DecisionPolicy, expectedCost, expectedQualities } from '../../routers/decide.js';
import { meanInputTokens } from '../train/fit-routers.js';

export interface RouterScores {
  /** [rows × M] */
  readonly expected: Matrix;
  /** [rows × M] dollars; NaN = unknown. */
  readonly costs: Matrix<Float64Array>;
  /** [rows × M] the same after calibration, where training calibrated. */
  readonly calibrated?: Matrix;
  /** Where thresholds decide: what each setting of them chooses. */
  readonly byThreshold?: readonly { readonly threshold: number | null; readonly choices: Int32Array }[];
  /** false: the scores only rank. */
  readonly areQualities: boolean;
}

/**
 * undefined for a router that scores utilities: with the objective inside, they are no qualities, and cost cannot be weighed
 * against them.
 * @param scoresOf the router's own scores [M] of the i-th of `rows`
 */
export function expectedScores(
  table: OutcomeTable,
  rows: Int32Array,
  scoresOf: (i: number) => ArrayLike<number>,
  policyOf: (i: number) => DecisionPolicy,
): RouterScores | undefined {
  if (rows.length > 0 && policyOf(0).scale === 'utility') return undefined;
  const M = table.models.length;
  const expected = matrix(rows.length, M);
  const costs = matrix64(rows.length, M);
  rows.forEach((row, i) => {
    const policy = policyOf(i);
    const tokens = meanInputTokens(table, row);
    expected.data.set(expectedQualities(scoresOf(i), policy.scale), i * M);
    policy.stats.forEach((stats, m) => {
      costs.data[i * M + m] = expectedCost(stats, tokens) ?? Number.NaN;
    });
  });
  return { expected, costs, areQualities: rows.length > 0 && policyOf(0).scale === 'quality' };
}

/** Row i from the scores that `of(i)` names; undefined where one of them has none. */
export function mergedScores(
  rows: number,
  M: number,
  of: (i: number) => RouterScores | undefined,
): RouterScores | undefined {
  const expected = matrix(rows, M);
  const costs = matrix64(rows, M);
  const calibrated = matrix(rows, M);
  let [areQualities, areCalibrated] = [rows > 0, rows > 0];
  for (let i = 0; i < rows; i++) {
    const from = of(i);
    if (!from) return undefined;
    expected.data.set(from.expected.data.subarray(i * M, (i + 1) * M), i * M);
    costs.data.set(from.costs.data.subarray(i * M, (i + 1) * M), i * M);
    areQualities &&= from.areQualities;
    areCalibrated &&= from.calibrated !== undefined;
    if (from.calibrated) calibrated.data.set(from.calibrated.data.subarray(i * M, (i + 1) * M), i * M);
  }
  return { expected, costs, areQualities, ...(areCalibrated && { calibrated }) };
}
