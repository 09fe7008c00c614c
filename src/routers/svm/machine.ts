// One machine: the solved problem of a model, or a constant where there is nothing to solve.
import type { SvmParams } from './params.js';
import type { ModelProblem } from './problems.js';
import { type Gram, type SmoSolution, solveDual } from './smo.js';

/**
 * One label only: f is that label; no row: f is g, the model's mean quality.
 * Throws `VSR_ABORTED`.
 */
export async function fitMachine(
  gram: Gram,
  problem: ModelProblem,
  prior: number,
  { target, tol }: Pick<SvmParams, 'target' | 'tol'>,
  signal: AbortSignal | undefined,
): Promise<SmoSolution> {
  const constant = constantAnswer(problem, prior, target);
  if (constant === undefined) return solveDual({ gram, ...problem }, { tol, signal });
  return { beta: new Float64Array(gram.size), intercept: constant, gap: 0, steps: 0 };
}

function constantAnswer({ lower, upper }: ModelProblem, prior: number, target: SvmParams['target']) {
  const positive = upper.some((bound) => bound > 0);
  const negative = lower.some((bound) => bound < 0);
  if (!positive && !negative) return prior;
  if (target === 'scores' || (positive && negative)) return undefined;
  return positive ? 1 : -1;
}
