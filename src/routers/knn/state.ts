// What a fitted knn router keeps, as tensors and back.
import type { Tensor } from '../../inference/tensor.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateCount, stateTensor } from '../state-tensor.js';
import type { KnnParams } from './params.js';

type FloatTensor = Tensor & { readonly data: Float32Array };

export interface KnnState {
  /** [D×N] X̂ᵀ: columns are the unit training rows. Transposed, so that the graph's matrix product reads it as it lies. */
  readonly rows: FloatTensor;
  /** [N×M] K∘Y */
  readonly quality: FloatTensor;
  /** [N×M] K */
  readonly present: FloatTensor;
  /** [M] g */
  readonly prior: FloatTensor;
  /** Neighbours asked, 1..N. */
  readonly k: number;
}

export function toState({ k, ...tensors }: KnnState): RouterState {
  return { json: { k }, tensors };
}

/** Throws `VSR_ARTIFACT` where the tensors do not fit together. */
export function fromState({ state, models, featureDim }: Fitted<KnnParams>): KnnState {
  const M = models.length;
  const rows = stateTensor(state, 'rows', [featureDim, null]);
  const N = rows.shape[1]!;
  return {
    rows,
    quality: stateTensor(state, 'quality', [N, M]),
    present: stateTensor(state, 'present', [N, M]),
    prior: stateTensor(state, 'prior', [M]),
    k: stateCount(state, 'k', 1, N),
  };
}
