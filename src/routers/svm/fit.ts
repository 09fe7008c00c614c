// Fits one machine per model: exactly over one kernel matrix, or approximately where the rows are too many for one.
import { throwIfAborted } from '../../errors/vsr-error.js';
import { type Matrix, normaliseRows, takeRows } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { tellingRows } from '../indifferent.js';
import type { FitContext, TrainingTable } from '../router.js';
import { CALIBRATION_FOLDS, calibrate } from './calibrate.js';
import { featureSolver } from './feature-solver.js';
import { type Kernel, resolveKernel } from './kernel.js';
import { kernelSolver } from './kernel-solver.js';
import type { SvmMachines } from './machines.js';
import type { SvmParams } from './params.js';
import { bestProblem, type ModelProblem, rowsWithOutcome, scoresProblem } from './problems.js';
import type { Solved, Solver } from './solver.js';

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
  const chosen = params.approximation === 'sample' ? withinLimit(useful, params.maxRows, context) : useful;
  const rows = takeRows(normaliseRows(table.features), chosen);
  const quality = takeRows(table.quality, chosen);
  const steps = 1 + models.length + (params.calibration === 'none' ? 0 : CALIBRATION_FOLDS);
  const { signal } = context;
  const solver = await openSolver(rows, resolveKernel(params, rows), params, context);
  context.onProgress?.({ step: 1, steps, message: 'kernel matrix' });
  const problems = models.map((_, m) => modelProblem(quality, m, params));
  const solved: Solved[] = [];
  for (const [m, problem] of problems.entries()) {
    throwIfAborted(signal);
    const solution = await solver.solve(problem, prior[m]!);
    if (solution.gap >= params.tol) context.onWarning?.(unsolved(models[m]!, solution, params.tol));
    solved.push(solution);
    context.onProgress?.({ step: m + 2, steps, message: models[m]! });
  }
  const machines = solver.machines(solved);
  if (params.calibration === 'none') return machines;
  const fitted = { solver, problems, chosen, machines };
  const calibration = await calibrate(table, prior, fitted, context, (done) =>
    context.onProgress?.({ step: 1 + models.length + done, steps, message: 'calibrating' }),
  );
  return { ...machines, calibration };
}

/** Over the kernel matrix of all rows, or past `maxRows` of them without one, in no more memory than its. */
async function openSolver(
  rows: Matrix,
  kernel: Kernel,
  params: SvmParams,
  { seed, signal, onWarning }: FitContext,
): Promise<Solver<Solved>> {
  const { maxRows } = params;
  if (rows.rows <= maxRows) return kernelSolver(rows, kernel, params, signal) as Promise<Solver<Solved>>;
  const landmarks = Math.max(1, Math.min(params.landmarks, Math.floor((maxRows * maxRows) / rows.rows)));
  const how =
    kernel.kind === 'linear'
      ? 'linear machines over the features themselves'
      : `linear machines over kernel values with ${landmarks} of them (Nyström's approximation)`;
  onWarning?.(
    `svm learns from all ${rows.rows} rows by ${how}: past max_rows (${maxRows}) their kernel matrix, ${gramSize(rows.rows)}, is not built.`,
  );
  return featureSolver(rows, kernel, { ...params, landmarks }, { seed, signal }) as Promise<Solver<Solved>>;
}

function modelProblem(quality: Matrix<Float64Array>, m: number, params: SvmParams): ModelProblem {
  return params.target === 'best'
    ? bestProblem(quality, m, params.c)
    : scoresProblem(quality, m, params.c, params.epsilon);
}

function unsolved(model: string, { gap, steps }: Solved, tol: number): string {
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
