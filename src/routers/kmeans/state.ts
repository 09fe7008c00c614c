// What a fitted kmeans router keeps, as tensors and back.
import type { Tensor } from '../../inference/tensor.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateTensor } from '../state-tensor.js';
import type { KmeansParams } from './params.js';

export interface KmeansState {
  /** [k×D] C, plain means of unit rows. */
  readonly centres: Tensor & { readonly data: Float32Array };
  /** [k×M] V */
  readonly values: Tensor & { readonly data: Float32Array };
  /** [k] training rows in each cluster. */
  readonly sizes: Tensor & { readonly data: Int32Array };
  /** [k×T] numbers of the training rows nearest to each centre, nearest first; −1 where the cluster has fewer. */
  readonly typical: Tensor & { readonly data: Int32Array };
}

export function toState(state: KmeansState): RouterState {
  return { json: { clusters: state.centres.shape[0]! }, tensors: { ...state } };
}

/** Throws `VSR_ARTIFACT` where the tensors do not fit together. */
export function fromState({ state, models, featureDim }: Fitted<KmeansParams>): KmeansState {
  const centres = stateTensor(state, 'centres', [null, featureDim]);
  const k = centres.shape[0]!;
  return {
    centres,
    values: stateTensor(state, 'values', [k, models.length]),
    sizes: stateTensor<Int32Array>(state, 'sizes', [k], 'int32'),
    typical: stateTensor<Int32Array>(state, 'typical', [k, null], 'int32'),
  };
}
