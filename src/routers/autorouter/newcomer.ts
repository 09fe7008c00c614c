// Adds a model to a trained network: its layers stay, and the model gets an output of its own, drawn towards the mean of the others.
import { VsrError } from '../../errors/vsr-error.js';
import { logisticRegression } from '../../math/logistic-regression.js';
import { matrix64, normaliseRows, rowOf } from '../../math/matrix.js';
import { logit } from '../logit.js';
import { type Newcomer, withColumn, withValue } from '../newcomer.js';
import type { AutorouterState } from './state.js';

/** 1 / variance of the prior; a twentieth of it followed thirty outcomes too far. */
const PRECISION = 100;

/**
 * (v, c) = argmin Σ BCE(h·v + c) + ½·100·(‖v − v̄‖² + (c − c̄)²), h the last hidden layer, v̄ and c̄ the mean of the learned outputs.
 * Throws `VSR_TRAINING_DATA` where the router saw images: nobody says which of the newcomer's queries had one.
 */
export function withNewcomer(state: AutorouterState, newcomer: Newcomer): AutorouterState {
  const { imageDim, layers, means } = state;
  if (imageDim > 0) {
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `autorouter: ${newcomer.model} cannot join a router trained with images: the images of its outcomes are not known here.`,
      { hint: 'Train again with all models.' },
    );
  }
  if (means) {
    const [v] = solved(new Float64Array(newcomer.quality.length), 0, newcomer, {
      direction: [],
      bias: average(Array.from(means.data, logit)),
    }).slice(-1);
    return { ...state, means: withValue(means, 1 / (1 + Math.exp(-v!))) };
  }
  const output = layers.at(-1)!;
  const [H, M] = output.weights.shape as [number, number];
  const column = (m: number) => Array.from({ length: H }, (_, h) => output.weights.data[h * M + m]!);
  const learned = Array.from({ length: M }, (_, m) => m).filter((m) => column(m).some((weight) => weight !== 0));
  const others = learned.length > 0 ? learned : Array.from({ length: M }, (_, m) => m);
  const columns = others.map(column);
  const centre = {
    direction: Array.from({ length: H }, (_, h) => average(columns.map((values) => values[h]!))),
    bias: average(others.map((m) => output.bias.data[m]!)),
  };
  const solution = solved(hidden(state, newcomer), H, newcomer, centre);
  const joined = {
    weights: withColumn(output.weights, solution.subarray(0, H)),
    bias: withValue(output.bias, solution[H]!),
  };
  return { ...state, layers: [...layers.slice(0, -1), joined] };
}

/** [v ‖ c] */
function solved(
  h: Float64Array,
  H: number,
  { quality }: Newcomer,
  centre: { readonly direction: readonly number[]; readonly bias: number },
): Float64Array {
  const inputs = matrix64(quality.length, H + 1);
  for (let i = 0; i < inputs.rows; i++) {
    inputs.data.set(h.subarray(i * H, (i + 1) * H), i * (H + 1));
    inputs.data[i * (H + 1) + H] = 1;
  }
  return logisticRegression({
    inputs,
    targets: quality,
    weights: new Float64Array(quality.length).fill(1),
    offsets: new Float64Array(quality.length),
    centre: [...centre.direction, centre.bias],
    precision: new Float64Array(H + 1).fill(PRECISION),
  });
}

/** h_L [n×H] of the newcomer's queries. */
function hidden({ layers }: AutorouterState, { features }: Newcomer): Float64Array {
  const unit = normaliseRows(features);
  let h = matrix64(unit.rows, unit.cols, Float64Array.from(unit.data));
  for (const { weights, bias } of layers.slice(0, -1)) {
    const next = matrix64(h.rows, bias.data.length);
    for (let i = 0; i < h.rows; i++) {
      const out = rowOf(next, i);
      out.set(bias.data);
      rowOf(h, i).forEach((value, j) => {
        for (let o = 0; o < out.length; o++) out[o]! += value * weights.data[j * out.length + o]!;
      });
      for (let o = 0; o < out.length; o++) out[o] = Math.max(0, out[o]!);
    }
    h = next;
  }
  return h.data;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
