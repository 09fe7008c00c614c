// The golden numbers for support-vector machines (scikit-learn 1.2.1 over libsvm), and f rebuilt from a solution in float64.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRows, type Matrix } from '../../../src/math/matrix.js';
import type { Kernel } from '../../../src/routers/svm/kernel.js';
import type { Gram } from '../../../src/routers/svm/smo.js';
import { SHARED } from '../../shared-folder.js';

export function golden<T>(file: string): T {
  return JSON.parse(readFileSync(join(SHARED, 'fixtures/svm', `${file}.json`), 'utf8'));
}

export interface GoldenData {
  readonly train: number[][];
  readonly test: number[][];
  readonly class4_train: number[];
  readonly binary_train: number[];
  readonly target_train: number[];
  readonly sample_weight: number[];
}

/** libsvm's own run and, for two classes, its solution made exact in float64. */
export interface GoldenMachine {
  readonly kernel: 'rbf' | 'linear';
  readonly C: number;
  readonly gamma_setting: 'scale' | number;
  readonly gamma: number;
  readonly n_support: number[];
  readonly support: number[];
  readonly dual_coef: number[][];
  readonly intercept: number[];
  readonly predict: number[];
}

export function kernelOf({ kernel, gamma }: Pick<GoldenMachine, 'kernel' | 'gamma'>): Kernel {
  return kernel === 'linear' ? { kind: 'linear' } : { kind: 'rbf', gamma };
}

/** k(a, b) in float64, straight from its definition. */
export function kernelValue(kernel: Kernel, a: readonly number[], b: readonly number[]): number {
  if (kernel.kind === 'linear') return a.reduce((sum, value, d) => sum + value * b[d]!, 0);
  return Math.exp(-kernel.gamma * a.reduce((sum, value, d) => sum + (value - b[d]!) ** 2, 0));
}

export function gram64(kernel: Kernel, rows: readonly number[][]): Gram {
  return {
    size: rows.length,
    data: Float64Array.from(rows.flatMap((a) => rows.map((b) => kernelValue(kernel, a, b)))),
  };
}

/** f of every query: Σ βᵢ k(xᵢ, x) + b. */
export function decisions(
  kernel: Kernel,
  rows: readonly number[][],
  { beta, intercept }: { readonly beta: ArrayLike<number>; readonly intercept: number },
  queries: readonly number[][],
): number[] {
  return queries.map((query) =>
    rows.reduce((sum, row, i) => (beta[i] ? sum + beta[i]! * kernelValue(kernel, row, query) : sum), intercept),
  );
}

export function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

export function asMatrix(rows: readonly number[][]): Matrix {
  return fromRows(rows);
}
