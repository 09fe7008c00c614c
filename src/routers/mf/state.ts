// What a fitted mf router keeps: every scorer in its plain form Z = U·(P x̂) + b, or each model's mean where nothing was to learn.
import type { Tensor } from '../../inference/tensor.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateCount, stateTensor } from '../state-tensor.js';
import type { MfParams } from './params.js';

export interface MfState {
  /** [D×F] Pᵀ, √D in it, so that it takes x̂ itself. */
  readonly projection: Tensor;
  /** [F×M] Uᵀ */
  readonly factors: Tensor;
  /** [M] */
  readonly bias: Tensor;
}

/** @param D feature width */
export function toState(p: NamedWeights, scorer: MfParams['scorer'], D: number): RouterState {
  const F = p.P!.shape[0]!;
  const { factors, bias } = plainForm(p, scorer);
  const M = bias.length;
  const projection = transposed(p.P!.data, F, D).map((value) => value * Math.sqrt(D));
  return {
    json: { factors: F },
    tensors: {
      projection: { shape: [D, F], data: projection },
      factors: { shape: [F, M], data: transposed(factors, M, F) },
      bias: { shape: [M], data: bias },
    },
  };
}

export function constantState(means: Float32Array): RouterState {
  return { json: { factors: 0 }, tensors: { means: { shape: [means.length], data: means } } };
}

/** The factors, or the means [M] where there are none. Throws `VSR_ARTIFACT` where the tensors do not fit together. */
export function fromState({ state, models, featureDim, params }: Fitted<MfParams>): MfState | Tensor {
  const F = stateCount(state, 'factors', 0, params.numFactors);
  if (F === 0) return stateTensor(state, 'means', [models.length]);
  return {
    projection: stateTensor(state, 'projection', [featureDim, F]),
    factors: stateTensor(state, 'factors', [F, models.length]),
    bias: stateTensor(state, 'bias', [models.length]),
  };
}

/** U [M×F] and b [M] with which U·(Px) + b is the scorer's own score. */
export function plainForm(p: NamedWeights, scorer: MfParams['scorer']): { factors: Float32Array; bias: Float32Array } {
  if (scorer === 'plain') return { factors: p.U!.data, bias: p.b!.data };
  const [V, w] = [p.V!.data, p.w!.data];
  const F = w.length;
  const M = V.length / F;
  const factors = new Float32Array(V.length);
  const bias = new Float32Array(M);
  for (let m = 0; m < M; m++) {
    const row = V.subarray(m * F, (m + 1) * F);
    const length = scorer === 'bilinear' ? 1 : Math.hypot(...row);
    let offset = p.b?.data[m] ?? 0;
    for (let f = 0; f < F; f++) {
      factors[m * F + f] = (row[f]! * w[f]!) / length;
      offset += factors[m * F + f]! * (p.c?.data[f] ?? 0);
    }
    bias[m] = offset;
  }
  return { factors, bias };
}

function transposed(data: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j]!;
  return out;
}
