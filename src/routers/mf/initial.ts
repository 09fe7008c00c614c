// Where the factors start: P ~ N(0, 1/D), model factors ~ N(0, 0.1²), biases at what each model earns on average.

import { type Random, seededRandom } from '../../math/random.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { Weights } from '../../training/tensorflow.js';
import { logit } from '../logit.js';
import type { MfParams } from './params.js';

/**
 * plain: P [F×D], U [M×F], b [M×1]; bilinear: P, c [F×1], w [1×F], V [M×F], b; bilinear_normalized: P, w, V.
 * @param prior [M] g
 */
export function initialParameters(
  D: number,
  prior: Float32Array,
  { numFactors: F, scorer, loss }: Pick<MfParams, 'numFactors' | 'scorer' | 'loss'>,
  seed: number,
): NamedWeights {
  const random = seededRandom(seed).fork('weights');
  const M = prior.length;
  const P = normal(random, [F, D], 1 / Math.sqrt(D));
  const b = { shape: [M, 1], data: loss === 'bradley_terry' ? new Float32Array(M) : prior.map(logit) };
  if (scorer === 'plain') return { P, U: normal(random, [M, F], 0.1), b };
  if (scorer === 'bilinear_normalized') {
    // ‖V_m‖ is 1 in the score, so the smallness of the start lies in w.
    return { P, w: normal(random, [1, F], 0.1), V: normal(random, [M, F], 1) };
  }
  const ones = { shape: [1, F], data: new Float32Array(F).fill(1) };
  return { P, c: { shape: [F, 1], data: new Float32Array(F) }, w: ones, V: normal(random, [M, F], 0.1), b };
}

function normal(random: Random, shape: readonly [number, number], spread: number): Weights {
  return { shape, data: Float32Array.from({ length: shape[0] * shape[1] }, () => spread * random.normal()) };
}
