// Exact machines: one kernel matrix of all rows, shared by every model's problem; the union of their support vectors is kept.
import { type Matrix, matrix, takeRows } from '../../math/matrix.js';
import { gramMatrix } from './gram.js';
import type { Kernel } from './kernel.js';
import type { SvmParams } from './params.js';
import { solveDual } from './smo.js';
import { constantAnswer, type Solved, type Solver } from './solver.js';

export interface KernelSolved extends Solved {
  /** [n] exactly 0 where the row is no support vector. */
  readonly beta: Float64Array;
}

/** @param rows [n×D] unit rows. Throws `VSR_ABORTED`. */
export async function kernelSolver(
  rows: Matrix,
  kernel: Kernel,
  { target, tol }: Pick<SvmParams, 'target' | 'tol'>,
  signal: AbortSignal | undefined,
): Promise<Solver<KernelSolved>> {
  const gram = await gramMatrix(rows, kernel, { signal });
  return {
    async solve(problem, prior) {
      const constant = constantAnswer(problem, prior, target);
      const solution =
        constant === undefined
          ? await solveDual({ gram, ...problem }, { tol, signal })
          : { beta: new Float64Array(gram.size), intercept: constant, gap: 0, steps: 0 };
      return {
        ...solution,
        decision(row) {
          let sum = solution.intercept;
          for (let k = 0; k < gram.size; k++) sum += gram.data[row * gram.size + k]! * solution.beta[k]!;
          return sum;
        },
      };
    },
    machines: (solved) => ({ kernel, ...unionOfSupport(rows, solved) }),
  };
}

function unionOfSupport(rows: Matrix, solved: readonly KernelSolved[]) {
  const M = solved.length;
  const support: number[] = [];
  for (let i = 0; i < rows.rows; i++) if (solved.some(({ beta }) => beta[i] !== 0)) support.push(i);
  const weights = matrix(Math.max(1, support.length), M); // without any support vector: one zero vector of weight 0
  support.forEach((row, s) => {
    for (let m = 0; m < M; m++) weights.data[s * M + m] = solved[m]!.beta[row]!;
  });
  return {
    vectors: support.length ? takeRows(rows, support) : matrix(1, rows.cols),
    weights,
    intercepts: Float32Array.from(solved, ({ intercept }) => intercept),
  };
}
