// What a fitted mlp router keeps: plain layers over x̂, or each model's mean where there was nothing to learn.
import type { Tensor } from '../../inference/tensor.js';
import type { Layer } from '../../training/folded-layers.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateCount, stateTensor } from '../state-tensor.js';
import type { MlpParams } from './params.js';

export interface MlpState {
  /** Weights [in×out] and bias [out] of each layer; the first one takes x̂ (√D is in its weights). Empty = `means` are the scores. */
  readonly layers: readonly { readonly weights: Tensor; readonly bias: Tensor }[];
  /** [M] only without layers */
  readonly means: Tensor | undefined;
}

/** @param featureDim D */
export function toState(layers: readonly Layer[], featureDim: number): RouterState {
  const tensors: Record<string, Tensor> = {};
  layers.forEach(({ weights, bias, inputs, outputs }, i) => {
    const scale = i === 0 ? Math.sqrt(featureDim) : 1;
    const data = new Float32Array(weights.length);
    for (let o = 0; o < outputs; o++)
      for (let j = 0; j < inputs; j++) data[j * outputs + o] = scale * weights[o * inputs + j]!;
    tensors[`layer${i + 1}.weights`] = { shape: [inputs, outputs], data };
    tensors[`layer${i + 1}.bias`] = { shape: [outputs], data: bias };
  });
  return { json: { layers: layers.length }, tensors };
}

export function constantState(means: Float32Array): RouterState {
  return { json: { layers: 0 }, tensors: { means: { shape: [means.length], data: means } } };
}

/** Throws `VSR_ARTIFACT` where the tensors do not fit together. */
export function fromState({ state, models, featureDim, params }: Fitted<MlpParams>): MlpState {
  const widths = [featureDim, ...params.hiddenLayers.map((units) => units * params.ensemble), models.length];
  const count = stateCount(state, 'layers', 0, widths.length - 1);
  if (count === 0) return { layers: [], means: stateTensor(state, 'means', [models.length]) };
  const layers = widths.slice(1).map((units, i) => ({
    weights: stateTensor(state, `layer${i + 1}.weights`, [widths[i]!, units]),
    bias: stateTensor(state, `layer${i + 1}.bias`, [units]),
  }));
  return { layers, means: undefined };
}
