// Fits one machine per model over one kernel matrix, and keeps the union of their support vectors.
import { throwIfAborted } from '../../errors/vsr-error.js';
import { type Matrix, matrix, normaliseRows, takeRows } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { tellingRows } from '../indifferent.js';
import type { FitContext, TrainingTable } from '../router.js';
import { CALIBRATION_FOLDS, calibrate } from './calibrate.js';
import { gramMatrix } from './gram.js';
import { resolveKernel } from './kernel.js';
import { fitMachine } from './machine.js';
import type { SvmMachines } from './machines.js';
import type { SvmParams } from './params.js';
import { bestProblem, type ModelProblem, rowsWithOutcome, scoresProblem } from './problems.js';
import type { SmoSolution } from './smo.js';

/** Throws `VSR_ABORTED`. */
export async function fitMachines(
  table: TrainingTable,
  prior: Float32Array,
  params: SvmParams,
  context: FitContext,
): Promise<SvmMachines> {
  const { models } = table;
  const useful = params.target === 'best' ? tellingRows(table) : rowsWithOutcome(table.quality);
  if (useful.length === 0 && models.length > 1) {
    context.onWarning?.(
      'No training row tells the models apart (each is equal for all, or has one model): svm gives the mean quality of each model.',
    );
  }
  const chosen = withinLimit(useful, params.maxRows, context);
  const rows = takeRows(normaliseRows(table.features), chosen);
  const quality = takeRows(table.quality, chosen);
  const kernel = resolveKernel(params, rows);
  const steps = 1 + models.length + (params.calibration === 'none' ? 0 : CALIBRATION_FOLDS);
  const { signal } = context;
  const gram = await gramMatrix(rows, kernel, { signal });
  context.onProgress?.({ step: 1, steps, message: 'kernel matrix' });
  const problems = models.map((_, m) => modelProblem(quality, m, params));
  const solutions: SmoSolution[] = [];
  for (const [m, problem] of problems.entries()) {
    throwIfAborted(signal);
    const solution = await fitMachine(gram, problem, prior[m]!, params, signal);
    if (solution.gap >= params.tol) context.onWarning?.(unsolved(models[m]!, solution, params.tol));
    solutions.push(solution);
    context.onProgress?.({ step: m + 2, steps, message: models[m]! });
  }
  const machines = { kernel, ...unionOfSupport(rows, solutions) };
  if (params.calibration === 'none') return machines;
  const fitted = { gram, problems, chosen, machines };
  const calibration = await calibrate(table, prior, fitted, params, context, (done) =>
    context.onProgress?.({ step: 1 + models.length + done, steps, message: 'calibrating' }),
  );
  return { ...machines, calibration };
}

function modelProblem(quality: Matrix<Float64Array>, m: number, params: SvmParams): ModelProblem {
  return params.target === 'best'
    ? bestProblem(quality, m, params.c)
    : scoresProblem(quality, m, params.c, params.epsilon);
}

function unsolved(model: string, { gap, steps }: SmoSolution, tol: number): string {
  return `svm: ${model} stopped after ${steps} steps with a violation of ${gap.toPrecision(2)} (tol ${tol}): its scores are approximate. A smaller c or a larger tol converges sooner.`;
}

/** All rows, or a seeded sample of `maxRows`, in row order: the kernel matrix grows with the square of the rows. */
function withinLimit(rows: Int32Array, maxRows: number, { seed, onWarning }: FitContext): Int32Array {
  if (rows.length <= maxRows) return rows;
  onWarning?.(
    `svm learns from a random ${maxRows} of ${rows.length} rows (max_rows): their kernel matrix takes ${gramSize(maxRows)}, all rows would take ${gramSize(rows.length)}.`,
  );
  return Int32Array.from(seededRandom(seed).fork('svm rows').shuffle(rows).slice(0, maxRows)).sort();
}

function gramSize(rows: number): string {
  const megabytes = (4 * rows * rows) / 1e6;
  return megabytes < 1000 ? `${Math.ceil(megabytes)} MB` : `${(megabytes / 1000).toFixed(1)} GB`;
}

function unionOfSupport(rows: Matrix, solutions: readonly SmoSolution[]): Omit<SvmMachines, 'kernel'> {
  const M = solutions.length;
  const support: number[] = [];
  for (let i = 0; i < rows.rows; i++) if (solutions.some(({ beta }) => beta[i] !== 0)) support.push(i);
  const weights = matrix(Math.max(1, support.length), M); // without any support vector: one zero vector of weight 0
  support.forEach((row, s) => {
    for (let m = 0; m < M; m++) weights.data[s * M + m] = solutions[m]!.beta[row]!;
  });
  return {
    vectors: support.length ? takeRows(rows, support) : matrix(1, rows.cols),
    weights,
    intercepts: Float32Array.from(solutions, ({ intercept }) => intercept),
  };
}
