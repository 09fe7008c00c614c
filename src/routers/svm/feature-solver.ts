// Approximate machines for many rows: linear ones over features, so that neither memory nor time grows with the square of the rows.
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, rowOf, takeRows } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { solveLinear } from './dual-coordinate-descent.js';
import type { Kernel } from './kernel.js';
import type { SvmMachines } from './machines.js';
import { type NystroemMap, nystroemFeatures, nystroemMap } from './nystroem.js';
import type { SvmParams } from './params.js';
import { constantAnswer, type Solved, type Solver } from './solver.js';

export interface FeatureSolved extends Solved {
  /** [r] */
  readonly weights: Float64Array;
}

/** Single steps come near the optimum fast and reach it slowly; f is off by no more than this anyhow. */
const LOOSER = 10;

/**
 * rbf: over Nyström's features of `landmarks` rows drawn by the seed; linear: over the rows themselves.
 * @param rows [n×D] unit rows. Throws `VSR_ABORTED`.
 */
export async function featureSolver(
  rows: Matrix,
  kernel: Kernel,
  { target, tol, landmarks }: Pick<SvmParams, 'target' | 'tol' | 'landmarks'>,
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<Solver<FeatureSolved>> {
  const map = kernel.kind === 'rbf' ? await nystroemMap(drawn(rows, landmarks, seed), kernel) : undefined;
  const features = map ? await nystroemFeatures(rows, map, kernel, signal) : rows;
  return {
    async solve(problem, prior) {
      const constant = constantAnswer(problem, prior, target);
      const { weights, intercept, gap, steps } =
        constant === undefined
          ? await solveLinear(features, problem, { tol: LOOSER * tol, seed, signal })
          : { weights: new Float64Array(features.cols), intercept: constant, gap: 0, steps: 0 };
      return {
        weights,
        intercept,
        gap: gap / LOOSER,
        steps,
        decision: (row) => dot(rowOf(features, row), weights) + intercept,
      };
    },
    machines: (solved) => ({
      kernel,
      ...(map ? overLandmarks(map, solved) : asVectors(rows.cols, solved)),
      intercepts: Float32Array.from(solved, ({ intercept }) => intercept),
    }),
  };
}

function drawn(rows: Matrix, count: number, seed: number): Matrix {
  const order = seededRandom(seed)
    .fork('svm landmarks')
    .shuffle(Array.from({ length: rows.rows }, (_, i) => i));
  return takeRows(
    rows,
    order.slice(0, count).sort((a, b) => a - b),
  );
}

/** f = k(x, landmarks)·R·w + b: the landmarks stand where support vectors stand, their weights are R·w. */
function overLandmarks({ landmarks, whitening }: NystroemMap, solved: readonly FeatureSolved[]) {
  const weights = matrix(landmarks.rows, solved.length);
  for (let l = 0; l < landmarks.rows; l++) {
    solved.forEach((machine, m) => {
      weights.data[l * solved.length + m] = dot(rowOf(whitening, l), machine.weights);
    });
  }
  return { vectors: landmarks, weights };
}

/** f = x·w + b: one vector per model, its own w, of weight 1 for it alone. */
function asVectors(cols: number, solved: readonly FeatureSolved[]): Pick<SvmMachines, 'vectors' | 'weights'> {
  const M = solved.length;
  const [vectors, weights] = [matrix(M, cols), matrix(M, M)];
  solved.forEach((machine, m) => {
    vectors.data.set(machine.weights, m * cols);
    weights.data[m * M + m] = 1;
  });
  return { vectors, weights };
}
