// What fits one machine per model, exactly over a kernel matrix or approximately over features, as fit.ts sees it.
import type { SvmMachines } from './machines.js';
import type { SvmParams } from './params.js';
import type { ModelProblem } from './problems.js';

/** One machine: the solved problem of a model, or a constant where there was nothing to solve. */
export interface Solved {
  readonly intercept: number;
  /** The violation of the optimality conditions that remains. */
  readonly gap: number;
  readonly steps: number;
  /** f of row i of the rows that were learned from. */
  decision(row: number): number;
}

export interface Solver<S extends Solved = Solved> {
  /** @param prior g, the model's mean quality. Throws `VSR_ABORTED`. */
  solve(problem: ModelProblem, prior: number): Promise<S>;
  /** The machines as they are kept, [M] in the order of the models. */
  machines(solved: readonly S[]): SvmMachines;
}

/** One label only: f is that label; no row: f is g; undefined: there is something to solve. */
export function constantAnswer(
  { lower, upper }: ModelProblem,
  prior: number,
  target: SvmParams['target'],
): number | undefined {
  const positive = upper.some((bound) => bound > 0);
  const negative = lower.some((bound) => bound < 0);
  if (!positive && !negative) return prior;
  if (target === 'scores' || (positive && negative)) return undefined;
  return positive ? 1 : -1;
}
