// Bradley–Terry: one strength a model from who beat whom. Bradley and Terry, Biometrika 39 (1952); Ford, Amer. Math. Monthly 64 (1957).
import { VsrError } from '../errors/vsr-error.js';
import { logisticRegression } from './logistic-regression.js';
import { type Matrix, matrix64 } from './matrix.js';
import { mean } from './stats.js';

/** Comparisons as columns [P]: what came of `first` against `second`, and what it weighs. */
export interface Comparisons {
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  /** 1 = the first won, 0 = the second, ½ = a tie. */
  readonly outcome: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
}

/** [M×M] Σ weight·outcome of row against column: a tie is half a win for each. */
export function winMatrix({ first, second, outcome, weight }: Comparisons, models: number): Matrix<Float64Array> {
  const wins = matrix64(models, models);
  for (let p = 0; p < first.length; p++) {
    wins.data[first[p]! * models + second[p]!]! += weight[p]! * outcome[p]!;
    wins.data[second[p]! * models + first[p]!]! += weight[p]! * (1 - outcome[p]!);
  }
  return wins;
}

/**
 * Strengths s [M] of mean 0 with P(a beats b) = σ(s_a − s_b): argmin Σ wins·softplus(s_b − s_a) + ½·precision·‖s‖².
 * Throws `VSR_TRAINING_DATA` for precision 0 where no such strengths exist: some models never lose to the others, or never meet them.
 * @param wins [M×M] row beat column
 * @param precision what the prior (all models alike) weighs; 0 = maximum likelihood
 */
export function bradleyTerry(wins: Matrix<Float64Array>, precision: number): Float64Array {
  const M = wins.rows;
  if (precision === 0) requireWinsBothWays(wins);
  const pairs: { a: number; b: number; won: number; total: number }[] = [];
  for (let a = 0; a < M; a++) {
    for (let b = a + 1; b < M; b++) {
      const won = wins.data[a * M + b]!;
      const total = won + wins.data[b * M + a]!;
      if (total > 0) pairs.push({ a, b, won, total });
    }
  }
  // One row more holds Σs at 0, which the comparisons leave open.
  const inputs = matrix64(pairs.length + 1, M);
  pairs.forEach(({ a, b }, i) => {
    inputs.data[i * M + a] = 1;
    inputs.data[i * M + b] = -1;
  });
  inputs.data.fill(1, pairs.length * M);
  const strengths = logisticRegression({
    inputs,
    targets: [...pairs.map(({ won, total }) => won / total), 0.5],
    weights: [...pairs.map(({ total }) => total), 1],
    offsets: new Float64Array(inputs.rows),
    centre: new Float64Array(M),
    precision: new Float64Array(M).fill(precision),
  });
  const centre = mean(strengths);
  return strengths.map((value) => value - centre);
}

/** Mean −(t·ln σ(Δ) + (1 − t)·ln σ(−Δ)) by weight: cross entropy of P(first wins) = σ(Δ), a tie ½; NaN without weight. */
export function comparisonLogLoss(
  differences: ArrayLike<number>,
  { outcome, weight }: Pick<Comparisons, 'outcome' | 'weight'>,
): number {
  let sum = 0;
  let total = 0;
  for (let p = 0; p < differences.length; p++) {
    const d = differences[p]!;
    sum += weight[p]! * (Math.max(d, 0) + Math.log1p(Math.exp(-Math.abs(d))) - outcome[p]! * d);
    total += weight[p]!;
  }
  return sum / total;
}

/** Strengths on Elo's scale: 400 points are odds of 10 to 1. */
export function onEloScale(strengths: ArrayLike<number>, base = 1000): Float64Array {
  return Float64Array.from(strengths, (s) => base + (400 / Math.LN10) * s);
}

/** Ford's condition: every model can be reached from every other along wins. */
function requireWinsBothWays(wins: Matrix<Float64Array>): void {
  const M = wins.rows;
  const reaches = (won: (from: number, to: number) => boolean) => {
    const seen = new Set([0]);
    for (const from of seen) for (let to = 0; to < M; to++) if (won(from, to)) seen.add(to);
    return seen.size === M;
  };
  const beat = (a: number, b: number) => wins.data[a * M + b]! > 0;
  if (M === 0 || (reaches(beat) && reaches((a, b) => beat(b, a)))) return;
  throw new VsrError(
    'VSR_TRAINING_DATA',
    'Bradley–Terry without a prior: some models never lose to the others or never meet them, so their strengths have no bound.',
    {
      hint: 'Give a precision above 0, or more votes.',
    },
  );
}
