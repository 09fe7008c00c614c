// The solver against libsvm's golden numbers (../shared/fixtures/svm, tolerances of its README) and on problems solved by hand.
import { describe, expect, test } from 'vitest';
import { type SmoProblem, solveDual } from '../../../src/routers/svm/smo.js';
import { hasShared } from '../../shared-folder.js';
import { decisions, type GoldenData, type GoldenMachine, golden, gram64, kernelOf, worstDifference } from './golden.js';

/** Solved as tightly as the golden runs; a step limit that the hardest of them does not reach. */
const TIGHT = { tol: 1e-8, maxSteps: 5_000_000 };

interface BinaryRun extends GoldenMachine {
  readonly decision_function: number[];
  readonly dual_objective: number;
  readonly exact: {
    readonly alpha_times_y: number[];
    readonly intercept: number;
    readonly decision_function: number[];
    readonly dual_objective: number;
    readonly coef?: number[];
  };
}

interface RegressionRun {
  readonly gamma: number;
  readonly epsilon: number;
  readonly C: number;
  readonly support: number[];
  readonly dual_coef: number[];
  readonly intercept: number;
  readonly predict: number[];
}

/** Labels ±1; C per row. */
function classification(labels: readonly number[], bounds: readonly number[]): Omit<SmoProblem, 'gram'> {
  return {
    targets: Float64Array.from(labels),
    lower: Float64Array.from(labels, (label, i) => (label > 0 ? 0 : -bounds[i]!)),
    upper: Float64Array.from(labels, (label, i) => (label > 0 ? bounds[i]! : 0)),
    tube: 0,
  };
}

/** The rows whose multiplier is larger than what rounding leaves. */
const supportOf = (beta: ArrayLike<number>) =>
  Array.from(beta).flatMap((value, i) => (Math.abs(value) > 1e-6 ? [i] : []));

describe.skipIf(!hasShared)('golden numbers (skipped where ../shared is absent)', () => {
  const data = hasShared ? golden<GoldenData>('data') : ({} as GoldenData);
  const binary = hasShared ? golden<Record<string, BinaryRun>>('svc-binary') : {};
  const regression = hasShared ? golden<Record<string, RegressionRun>>('svr') : {};
  const weighted = (key: string, c: number) =>
    data.train.map((_, i) => (key.endsWith('weighted') ? c * data.sample_weight[i]! : c));

  test.each(Object.entries(binary))('two classes, %s: multipliers, decisions and objective', async (key, run) => {
    const kernel = kernelOf(run);
    const labels = data.binary_train.map((label) => (label === 1 ? 1 : -1));
    const gram = gram64(kernel, data.train);
    const solution = await solveDual({ gram, ...classification(labels, weighted(key, run.C)) }, TIGHT);
    const f = decisions(kernel, data.train, solution, data.test);
    expect(solution.gap).toBeLessThan(TIGHT.tol);
    expect(worstDifference(f, run.exact.decision_function)).toBeLessThan(run.kernel === 'rbf' ? 1e-6 : 1e-5);
    expect(worstDifference(f, run.decision_function)).toBeLessThan(run.kernel === 'rbf' ? 1e-5 : 1e-3);
    expect(f.map((value) => (value > 0 ? 1 : 0))).toEqual(run.predict);
    expect(Math.abs(objective(gram, labels, solution.beta) - run.exact.dual_objective)).toBeLessThan(1e-5);
    if (run.kernel === 'rbf') {
      expect(worstDifference(solution.beta, run.exact.alpha_times_y)).toBeLessThan(1e-4);
      expect(supportOf(solution.beta)).toEqual(supportOf(run.exact.alpha_times_y));
    } else if (run.exact.coef) {
      const coef = data.train[0]!.map((_, d) =>
        data.train.reduce((sum, row, i) => sum + solution.beta[i]! * row[d]!, 0),
      );
      expect(worstDifference(coef, run.exact.coef)).toBeLessThan(1e-5);
    }
  });

  test.each(Object.entries(binary))(
    'two classes, %s: at the usual tolerance of 1e-3 the decisions are close',
    async (key, run) => {
      const kernel = kernelOf(run);
      const labels = data.binary_train.map((label) => (label === 1 ? 1 : -1));
      const problem = { gram: gram64(kernel, data.train), ...classification(labels, weighted(key, run.C)) };
      const f = decisions(kernel, data.train, await solveDual(problem, { tol: 1e-3 }), data.test);
      expect(worstDifference(f, run.exact.decision_function)).toBeLessThan(run.kernel === 'rbf' ? 2e-3 : 3e-2);
    },
  );

  test.each(Object.entries(regression))('regression, %s: multipliers and predictions', async (key, run) => {
    const kernel = kernelOf({ kernel: 'rbf', gamma: run.gamma });
    const bounds = Float64Array.from(weighted(key, run.C));
    const solution = await solveDual(
      {
        gram: gram64(kernel, data.train),
        targets: Float64Array.from(data.target_train),
        lower: bounds.map((bound) => -bound),
        upper: bounds,
        tube: run.epsilon,
      },
      TIGHT,
    );
    const expected = new Float64Array(data.train.length);
    run.support.forEach((row, s) => {
      expected[row] = run.dual_coef[s]!;
    });
    expect(worstDifference(solution.beta, expected)).toBeLessThan(1e-4);
    expect(supportOf(solution.beta)).toEqual(run.support.filter((_, s) => Math.abs(run.dual_coef[s]!) > 1e-6));
    expect(solution.intercept).toBeCloseTo(run.intercept, 5);
    expect(worstDifference(decisions(kernel, data.train, solution, data.test), run.predict)).toBeLessThan(1e-5);
  });
});

/** ½ βᵀKβ − tᵀβ. */
function objective({ size, data }: SmoProblem['gram'], targets: readonly number[], beta: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    sum -= targets[i]! * beta[i]!;
    for (let j = 0; j < size; j++) sum += 0.5 * beta[i]! * beta[j]! * data[i * size + j]!;
  }
  return sum;
}

describe('by hand', () => {
  // linear kernel of the points −1 and 1: K = [[1, −1], [−1, 1]]
  const twoPoints = { size: 2, data: Float64Array.of(1, -1, -1, 1) };

  test('two points at distance 2: β = ±½, the margin is 1 at both', async () => {
    // β₁ = −β₀ = a: ½·4a² − 2a is least at a = ½
    const solution = await solveDual({ gram: twoPoints, ...classification([-1, 1], [1, 1]) }, { tol: 1e-9 });
    expect(Array.from(solution.beta)).toEqual([-0.5, 0.5]);
    expect(solution.intercept).toBeCloseTo(0, 12);
  });

  test('a bound of its own for each row is met exactly, and the free row then sets the intercept', async () => {
    const solution = await solveDual({ gram: twoPoints, ...classification([-1, 1], [0.1, 1]) }, { tol: 1e-9 });
    expect(Array.from(solution.beta)).toEqual([-0.1, 0.1]);
    expect(solution.intercept).toBeCloseTo(0.8, 12); // 1 = 0.1·(1 + 1) + b
  });

  test('a row with both bounds 0 takes no part', async () => {
    const gram = { size: 3, data: Float64Array.of(1, -1, 5, -1, 1, 7, 5, 7, 9) };
    const problem = classification([-1, 1, 1], [1, 1, 0]);
    const solution = await solveDual({ gram, ...problem }, { tol: 1e-9 });
    expect(Array.from(solution.beta)).toEqual([-0.5, 0.5, 0]);
  });

  test('regression through two points is as flat as the tube allows', async () => {
    // targets ∓1, ε 0.25: the line through (−1, −¾) and (1, ¾) has slope ¾ = 2β₁
    const c = Float64Array.of(10, 10);
    const problem = { gram: twoPoints, targets: Float64Array.of(-1, 1), lower: c.map((v) => -v), upper: c, tube: 0.25 };
    const solution = await solveDual(problem, { tol: 1e-9 });
    expect(Array.from(solution.beta)).toEqual([-0.375, 0.375]);
    expect(solution.intercept).toBeCloseTo(0, 12);
  });

  test('equal rows with opposite labels do not stop it: both end at their bounds', async () => {
    const gram = { size: 2, data: Float64Array.of(1, 1, 1, 1) };
    const solution = await solveDual({ gram, ...classification([-1, 1], [2, 2]) }, { tol: 1e-3 });
    expect(Array.from(solution.beta)).toEqual([-2, 2]);
    expect(solution.intercept).toBe(0);
  });

  test('a step limit ends the search and says what is left', async () => {
    const solution = await solveDual(
      { gram: twoPoints, ...classification([-1, 1], [1, 1]) },
      { tol: 1e-9, maxSteps: 0 },
    );
    expect(solution).toMatchObject({ steps: 0, gap: 2 });
  });

  test('an interrupt is heard between steps', async () => {
    const controller = new AbortController();
    const running = solveDual(
      { gram: twoPoints, ...classification([-1, 1], [1, 1]) },
      { tol: 1e-9, signal: controller.signal },
    );
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'VSR_ABORTED' });
  });
});
