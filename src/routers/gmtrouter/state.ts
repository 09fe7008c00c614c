// What a fitted gmtrouter keeps: every weight by name, the models' states, and the ranking for everybody.
import { type Matrix, normaliseRows } from '../../math/matrix.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateTensor } from '../state-tensor.js';
import type { GmtrouterParams } from './params.js';
import { type NetworkShape, networkParameters } from './shape.js';

/** Weights as they score: `llm.e` is n_l itself (descriptions are in it), queries come as √D·x̂. */
export type FittedWeights = Readonly<Record<string, Float32Array | Float64Array>>;

/** What decides for who has no past: the ranking and the network's z∅, or the ranking alone. */
export type Strangers = 'network' | 'ranking';

export interface GmtrouterState {
  readonly shape: NetworkShape;
  readonly weights: FittedWeights;
  /** β [M] */
  readonly prior: Float32Array;
  readonly strangers: Strangers;
}

/** @param descriptions [M × D] √D·x̂, absent where no model has one */
export function toState(
  p: NamedWeights,
  descriptions: Float32Array | undefined,
  prior: Float64Array,
  strangers: Strangers,
): RouterState {
  const { 'llm.w': projection, ...kept } = p;
  const states = { shape: p['llm.e']!.shape, data: Float32Array.from(p['llm.e']!.data) };
  if (projection && descriptions) {
    const [D, H] = projection.shape as [number, number];
    for (let m = 0; m < states.shape[0]!; m++) {
      for (let h = 0; h < H; h++) {
        let sum = states.data[m * H + h]!;
        for (let d = 0; d < D; d++) sum += descriptions[m * D + d]! * projection.data[d * H + h]!;
        states.data[m * H + h] = sum;
      }
    }
  }
  return {
    json: { strangers },
    tensors: { ...kept, 'llm.e': states, prior: { shape: [prior.length], data: Float32Array.from(prior) } },
  };
}

/** Throws `VSR_ARTIFACT` where the tensors do not fit together. */
export function fromState({ state, models, featureDim, params }: Fitted<GmtrouterParams>): GmtrouterState {
  const shape: NetworkShape = { ...params, featureDim, models: models.length, described: false };
  const weights = Object.fromEntries(
    Object.entries(networkParameters(shape)).map(([name, { shape: sizes }]) => [
      name,
      stateTensor(state, name, sizes).data,
    ]),
  );
  const strangers = state.json.strangers === 'ranking' ? 'ranking' : 'network';
  return { shape, weights, prior: stateTensor(state, 'prior', [models.length]).data, strangers };
}

/** √D·x̂ of every row: initialisers expect inputs of variance 1. */
export function scaledRows(features: Matrix): Float32Array {
  const { data, cols } = normaliseRows(features);
  const length = Math.sqrt(cols);
  return data.map((value) => value * length);
}
