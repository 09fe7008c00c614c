// One machine per pair and one per class against libsvm's golden numbers (../shared/fixtures/svm), rbf through the engine's float32 kernel matrix.
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/math/random.js';
import { gramMatrix } from '../../../src/routers/svm/gram.js';
import { resolveKernel } from '../../../src/routers/svm/kernel.js';
import { fitOneVsOne, type OneVsOneMachines, solveOneVsOne } from '../../../src/routers/svm/one-vs-one.js';
import { type Gram, solveDual } from '../../../src/routers/svm/smo.js';
import { hasShared } from '../../shared-folder.js';
import {
  asMatrix,
  decisions,
  type GoldenData,
  type GoldenMachine,
  golden,
  gram64,
  kernelOf,
  kernelValue,
  worstDifference,
} from './golden.js';

interface MulticlassRun extends GoldenMachine {
  readonly decision_function_ovo: number[][];
  readonly one_vs_rest_decision: number[][];
  readonly one_vs_rest_predict: number[];
  readonly one_vs_rest_intercept: number[];
}

const OPTIONS = { tol: 1e-6, maxSteps: 2_000_000 };

describe.skipIf(!hasShared)('golden numbers (skipped where ../shared is absent)', () => {
  const data = hasShared ? golden<GoldenData>('data') : ({} as GoldenData);
  const multi = hasShared ? golden<Record<string, MulticlassRun>>('svc-multiclass') : {};
  const binary = hasShared ? golden<Record<string, GoldenMachine>>('svc-binary') : {};
  const tolerance = (run: GoldenMachine) => (run.kernel === 'rbf' ? 1e-5 : 1e-3);

  /** rbf as in use, by the engine in float32; linear machines of 12 columns magnify its rounding beyond the tolerance. */
  async function gramOf(run: GoldenMachine): Promise<Gram> {
    if (run.kernel === 'linear') return gram64(kernelOf(run), data.train);
    const rows = asMatrix(data.train);
    return gramMatrix(rows, resolveKernel({ kernel: run.kernel, gamma: run.gamma_setting }, rows));
  }

  test.each(Object.entries(multi))('four classes, one against one, %s: layout, decisions and votes', async (_, run) => {
    const labels = Int32Array.from(data.class4_train);
    const gram = await gramOf(run);
    const solved = await solveOneVsOne(gram, asMatrix(data.train), labels, 4, run.C, OPTIONS);
    const machines = { kernel: kernelOf(run), ...solved };
    const f = data.test.map((query) => pairDecisions(machines, query));
    expect(worstDifference(f.flat(), run.decision_function_ovo.flat())).toBeLessThan(tolerance(run));
    expect(f.map((row) => mostVotes(row, 4))).toEqual(run.predict);
    expect(worstDifference(machines.intercept, run.intercept)).toBeLessThan(tolerance(run));
    if (run.kernel === 'linear') return; // there the multipliers themselves are not determined
    expect(Array.from(machines.support)).toEqual(run.support);
    expect(Array.from(machines.nSupport)).toEqual(run.n_support);
    expect([machines.dualCoef.rows, machines.dualCoef.cols]).toEqual([3, run.support.length]);
    expect(worstDifference(machines.dualCoef.data, run.dual_coef.flat())).toBeLessThan(1e-4);
  });

  test.each(Object.entries(binary).filter(([key, { kernel }]) => kernel === 'rbf' && !key.endsWith('weighted')))(
    'two classes, %s: above 0 means class 1',
    async (_, run) => {
      const settings = { kernel: run.kernel, gamma: run.gamma_setting, c: run.C };
      const labels = Int32Array.from(data.binary_train);
      const machines = await fitOneVsOne(asMatrix(data.train), labels, 2, settings, OPTIONS);
      expect(Array.from(machines.support)).toEqual(run.support);
      expect(Array.from(machines.nSupport)).toEqual(run.n_support);
      expect(worstDifference(machines.dualCoef.data, run.dual_coef.flat())).toBeLessThan(1e-4);
      expect(worstDifference(machines.intercept, run.intercept)).toBeLessThan(1e-5);
      if (machines.kernel.kind === 'rbf') expect(machines.kernel.gamma).toBeCloseTo(run.gamma, 7);
      const predicted = data.test.map((query) => (pairDecisions(machines, query)[0]! > 0 ? 1 : 0));
      expect(predicted).toEqual(run.predict);
    },
  );

  test.each(Object.entries(multi))('four classes, one against the rest, %s: decisions and choices', async (_, run) => {
    const gram = await gramOf(run);
    const columns: number[][] = [];
    const intercepts: number[] = [];
    for (let label = 0; label < 4; label++) {
      const targets = Float64Array.from(data.class4_train, (own) => (own === label ? 1 : -1));
      const bounds = {
        lower: targets.map((t) => Math.min(0, t * run.C)),
        upper: targets.map((t) => Math.max(0, t * run.C)),
      };
      const solution = await solveDual({ gram, targets, ...bounds, tube: 0 }, OPTIONS);
      columns.push(decisions(kernelOf(run), data.train, solution, data.test));
      intercepts.push(solution.intercept);
    }
    const f = data.test.map((_row, q) => columns.map((column) => column[q]!));
    expect(worstDifference(f.flat(), run.one_vs_rest_decision.flat())).toBeLessThan(tolerance(run));
    expect(f.map((row) => row.indexOf(Math.max(...row)))).toEqual(run.one_vs_rest_predict);
    expect(worstDifference(intercepts, run.one_vs_rest_intercept)).toBeLessThan(tolerance(run));
  });
});

describe('by hand', () => {
  const linear = { kernel: 'linear', gamma: 'scale', c: 1 } as const;

  test('two points, a at −1 and b at 1: the layout in which 0.5 gives s = 1, class b', async () => {
    const machines = await fitOneVsOne(asMatrix([[-1], [1]]), Int32Array.of(0, 1), 2, linear, { tol: 1e-6 });
    expect(Array.from(machines.dualCoef.data)).toEqual([-0.5, 0.5]);
    expect(machines.intercept[0]).toBeCloseTo(0, 9);
    expect(pairDecisions(machines, [0.5])[0]).toBeCloseTo(0.5, 9);
  });

  test('a class without rows never wins a pair', async () => {
    const labels = Int32Array.of(0, 2);
    const machines = await fitOneVsOne(asMatrix([[-1], [1]]), labels, 3, linear, { tol: 1e-6 });
    expect(Array.from(machines.nSupport)).toEqual([1, 0, 1]);
    expect(Array.from(machines.intercept)).toEqual([1, 0, -1]); // 0 beats 1; 0 and 2 lie evenly; 2 beats 1
    expect(mostVotes(pairDecisions(machines, [0.5]), 3)).toBe(2);
  });

  test('refuses labels that do not fit', async () => {
    const rows = asMatrix([[-1], [1]]);
    const fit = (labels: number[], classes: number) =>
      fitOneVsOne(rows, Int32Array.from(labels), classes, linear, { tol: 1e-3 });
    await expect(fit([0, 0], 1)).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA' });
    await expect(fit([0, 2], 2)).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA', message: /row 1 has the label 2/ });
    await expect(fit([0], 2)).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA', message: /2 rows, but 1 labels/ });
  });
});

/** f of every pair, as a reader of the layout computes it. */
function pairDecisions(
  { kernel, supportVectors, dualCoef, intercept, nSupport }: OneVsOneMachines,
  query: number[],
): number[] {
  const { cols } = supportVectors;
  const classOf = Array.from(nSupport).flatMap((count, label) => new Array<number>(count).fill(label));
  const k = classOf.map((_, s) =>
    kernelValue(kernel, [...supportVectors.data.subarray(s * cols, (s + 1) * cols)], query),
  );
  const coef = (line: number, s: number) => dualCoef.data[line * dualCoef.cols + s]!;
  const out: number[] = [];
  for (let i = 0; i < nSupport.length; i++) {
    for (let j = i + 1; j < nSupport.length; j++) {
      const terms = classOf.map((label, s) => (label === i ? coef(j - 1, s) : label === j ? coef(i, s) : 0) * k[s]!);
      out.push(terms.reduce((sum, term) => sum + term, intercept[out.length]!));
    }
  }
  return out;
}

/** The class with most pairs won; equal: the lowest. */
function mostVotes(f: readonly number[], classes: number): number {
  const votes = new Array<number>(classes).fill(0);
  let pair = 0;
  for (let i = 0; i < classes; i++) for (let j = i + 1; j < classes; j++) votes[f[pair++]! > 0 ? i : j]!++;
  return votes.indexOf(Math.max(...votes));
}

test('more rows than max_rows: drawn from every class in proportion, a rare one kept, and said', async () => {
  const random = seededRandom(3);
  const labels = Int32Array.from({ length: 100 }, (_, i) => (i === 99 ? 2 : i % 2));
  const rows = asMatrix(Array.from(labels, (label) => [label + random.uniform(), random.uniform()]));
  const warnings: string[] = [];
  const settings = { kernel: 'rbf', gamma: 1, c: 1, maxRows: 23 } as const;
  const onWarning = (sentence: string) => void warnings.push(sentence);
  const made = await fitOneVsOne(rows, labels, 3, settings, { tol: 1e-3, onWarning });
  // 20 in proportion, 1 more of each class: 1 + 10, 1 + 9, 1.
  expect(warnings).toEqual([
    'svm: the one-against-one machines learn from 22 of 100 rows (max_rows 23), drawn from every class in proportion.',
  ]);
  expect(made.nSupport[2]).toBe(1);
  expect(made.support[made.support.length - 1]).toBe(99);
});
