// The ranking for everybody: one strength a model from all training votes. Bradley and Terry (1952), with a normal prior.
import { logisticRegression } from '../../math/logistic-regression.js';
import { matrix64 } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { forEachPair, type RatedGroup } from './turns.js';

/** λ: what a ranking weighs against its votes. */
const PRECISION = 1;

/**
 * β [M], mean 0: argmin Σ weight·(softplus(Δ) − tΔ) + ½‖β‖², Δ = β_a − β_b, t = 1 where a won, ½ for a tie; by Newton's method.
 * Elo = 1000 + 400/ln 10 · β.
 */
export function priorStrengths(groups: Iterable<RatedGroup>, models: number): Float64Array {
  const wins = new Float64Array(models * models);
  for (const group of groups) {
    forEachPair(group, (a, b, weight) => {
      wins[a * models + b]! += weight;
    });
  }
  const pairs: { a: number; b: number; won: number; total: number }[] = [];
  for (let a = 0; a < models; a++) {
    for (let b = a + 1; b < models; b++) {
      const [won, lost] = [wins[a * models + b]!, wins[b * models + a]!];
      if (won + lost > 0) pairs.push({ a, b, won, total: won + lost });
    }
  }
  const inputs = matrix64(pairs.length, models);
  pairs.forEach(({ a, b }, i) => {
    inputs.data[i * models + a] = 1;
    inputs.data[i * models + b] = -1;
  });
  const strengths = logisticRegression({
    inputs,
    targets: pairs.map(({ won, total }) => won / total),
    weights: pairs.map(({ total }) => total),
    offsets: new Float64Array(pairs.length),
    centre: new Float64Array(models),
    precision: new Float64Array(models).fill(PRECISION),
  });
  const centre = mean([...strengths]);
  return strengths.map((value) => value - centre);
}
