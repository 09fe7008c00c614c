// Out-of-fold calibration: from f to the quality that a model earned where it scored f on queries it was not fitted on.
// Platt (1999), section 2.1: decisions of held-out parts, because those of fitted rows lie too near to ±1.
import { throwIfAborted } from '../../errors/vsr-error.js';
import { openEvaluator } from '../../inference/registry.js';
import { type Matrix, matrix64 } from '../../math/matrix.js';
import { fitPlatt, type PlattScale } from '../../math/platt.js';
import { seededRandom } from '../../math/random.js';
import type { FitContext, TrainingTable } from '../router.js';
import { svmGraph } from './graph.js';
import type { SvmMachines } from './machines.js';
import type { ModelProblem } from './problems.js';
import type { Solver } from './solver.js';

export const CALIBRATION_FOLDS = 5;
/** Rows scored in one run of the graph. */
const BLOCK = 256;

/** What was fitted, and on which rows. */
export interface FittedProblems {
  /** Of the chosen rows. */
  readonly solver: Solver;
  /** [M] */
  readonly problems: readonly ModelProblem[];
  /** [n] rows of the training table. */
  readonly chosen: Int32Array;
  readonly machines: SvmMachines;
}

/**
 * One scale per model, over its present cells, fractional qualities as they are.
 * @param onFold after each of the CALIBRATION_FOLDS. Throws `VSR_ABORTED`.
 */
export async function calibrate(
  table: TrainingTable,
  prior: Float32Array,
  fitted: FittedProblems,
  { seed, signal }: FitContext,
  onFold: (done: number) => void,
): Promise<PlattScale[]> {
  const decisions = await unseenDecisions(table, fitted.machines, signal);
  await replaceByHeldOut(decisions, table, prior, fitted, { seed, signal, onFold });
  const { quality } = table;
  const all = Array.from({ length: quality.rows }, (_, i) => i);
  return table.models.map((_, m) => {
    const present = all.map((i) => i * quality.cols + m).filter((at) => !Number.isNaN(quality.data[at]!));
    return fitPlatt(
      present.map((at) => decisions.data[at]!),
      present.map((at) => quality.data[at]!),
    );
  });
}

/** [N×M] f of every training row: right for the rows that were not fitted (equal for all models, or beyond max_rows). */
async function unseenDecisions(
  { features }: TrainingTable,
  machines: SvmMachines,
  signal: AbortSignal | undefined,
): Promise<Matrix<Float64Array>> {
  const decisions = matrix64(features.rows, machines.weights.cols);
  const evaluator = await openEvaluator(svmGraph(machines, { target: 'best' })); // f as it is, not clipped
  try {
    for (let start = 0; start < features.rows; start += BLOCK) {
      throwIfAborted(signal);
      const end = Math.min(start + BLOCK, features.rows);
      const data = features.data.subarray(start * features.cols, end * features.cols);
      const f = await evaluator.run({ features: { shape: [end - start, features.cols], data } });
      decisions.data.set(f.data, start * decisions.cols);
    }
  } finally {
    await evaluator.dispose();
  }
  return decisions;
}

/** Every chosen row's f by machines fitted without its fifth of the texts; what the solver built stays the same. */
async function replaceByHeldOut(
  decisions: Matrix<Float64Array>,
  table: TrainingTable,
  prior: Float32Array,
  { solver, problems, chosen }: FittedProblems,
  { seed, signal, onFold }: Pick<FitContext, 'seed' | 'signal'> & { readonly onFold: (done: number) => void },
): Promise<void> {
  const foldOf = foldsOfGroups(table.groups, seed);
  for (let fold = 0; fold < CALIBRATION_FOLDS; fold++) {
    const held = (i: number) => foldOf.get(table.groups[chosen[i]!]!) === fold;
    for (const [m, problem] of problems.entries()) {
      throwIfAborted(signal);
      const machine = await solver.solve(without(problem, held), prior[m]!);
      chosen.forEach((row, i) => {
        if (held(i)) decisions.data[row * decisions.cols + m] = machine.decision(i);
      });
    }
    onFold(fold + 1);
  }
}

/** Equal texts lie in one fold. */
function foldsOfGroups(groups: Int32Array, seed: number): Map<number, number> {
  const order = seededRandom(seed).fork('svm calibration folds').shuffle(new Set(groups));
  return new Map(order.map((group, position) => [group, position % CALIBRATION_FOLDS]));
}

function without(problem: ModelProblem, held: (row: number) => boolean): ModelProblem {
  const open = (bounds: Float64Array) => bounds.map((bound, i) => (held(i) ? 0 : bound));
  return { ...problem, lower: open(problem.lower), upper: open(problem.upper) };
}
