// A trained network as plain layers: batch norm with settled averages is a scale and a shift, and both fit into a weight matrix.

import { BATCH_NORM_EPSILON } from '../../training/batch-norm-epsilon.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import { memberName } from './member-name.js';
import type { MlpParams } from './params.js';

/** One layer: ReLU(W·h + b), the last one without ReLU. */
export interface Layer {
  /** [O×I] */
  readonly weights: Float32Array;
  /** [O] */
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
}

/** The ensemble as one network, K times as wide: its logits are the mean of the K networks' logits. */
export function ensembleLayers(
  parameters: NamedWeights,
  buffers: NamedWeights,
  count: number,
  params: Pick<MlpParams, 'batchNorm' | 'ensemble'>,
): Layer[] {
  const networks = Array.from({ length: params.ensemble }, (_, member) =>
    foldedLayers(parameters, buffers, count, params, member),
  );
  return networks[0]!.map((_, l) =>
    joined(
      networks.map((layers) => layers[l]!),
      l === 0,
      l === count - 1,
    ),
  );
}

/** Blocks along the diagonal; the first layer's share their input, the last one's share (and average) their output. */
function joined(blocks: readonly Layer[], first: boolean, last: boolean): Layer {
  if (blocks.length === 1) return blocks[0]!;
  const { inputs: I, outputs: O } = blocks[0]!;
  const inputs = first ? I : I * blocks.length;
  const outputs = last ? O : O * blocks.length;
  const share = last ? 1 / blocks.length : 1;
  const weights = new Float32Array(outputs * inputs);
  const bias = new Float32Array(outputs);
  blocks.forEach((block, k) => {
    const [top, left] = [last ? 0 : k * O, first ? 0 : k * I];
    for (let o = 0; o < O; o++) {
      bias[top + o]! += share * block.bias[o]!;
      for (let i = 0; i < I; i++) weights[(top + o) * inputs + left + i]! += share * block.weights[o * I + i]!;
    }
  });
  return { weights, bias, inputs, outputs };
}

/**
 * One network. With s = γ/√(var + ε), t = β − mean·s: before the ReLU w ← s·w by row, b ← s·b + t;
 * after it the *next* layer's w ← w·s by column, b ← b + w·t.
 */
export function foldedLayers(
  parameters: NamedWeights,
  buffers: NamedWeights,
  count: number,
  { batchNorm }: Pick<MlpParams, 'batchNorm'>,
  member = 0,
): Layer[] {
  const layers = Array.from({ length: count }, (_, i) => {
    const { shape, data } = parameters[memberName(member, `w${i + 1}`)]!;
    return {
      weights: data.slice(),
      bias: parameters[memberName(member, `b${i + 1}`)]!.data.slice(),
      outputs: shape[0]!,
      inputs: shape[1]!,
    };
  });
  if (batchNorm === 'none') return layers;
  for (let layer = 1; layer < count; layer++) {
    const { scale, shift } = scaleAndShift(parameters, buffers, (name) => memberName(member, `${name}${layer}`));
    if (batchNorm === 'before_relu') foldIntoRows(layers[layer - 1]!, scale, shift);
    else foldIntoColumns(layers[layer]!, scale, shift);
  }
  return layers;
}

function scaleAndShift(parameters: NamedWeights, buffers: NamedWeights, named: (name: string) => string) {
  const of = (from: NamedWeights, name: string) => from[named(name)]!.data;
  const [gamma, beta] = [of(parameters, 'gamma'), of(parameters, 'beta')];
  const [mean, variance] = [of(buffers, 'running_mean'), of(buffers, 'running_var')];
  const scale = Float64Array.from(gamma, (value, u) => value / Math.sqrt(variance[u]! + BATCH_NORM_EPSILON));
  return { scale, shift: Float64Array.from(beta, (value, u) => value - mean[u]! * scale[u]!) };
}

function foldIntoRows({ weights, bias, inputs }: Layer, scale: Float64Array, shift: Float64Array): void {
  for (let i = 0; i < weights.length; i++) weights[i]! *= scale[Math.floor(i / inputs)]!;
  for (let o = 0; o < bias.length; o++) bias[o] = bias[o]! * scale[o]! + shift[o]!;
}

function foldIntoColumns({ weights, bias, inputs }: Layer, scale: Float64Array, shift: Float64Array): void {
  for (let o = 0; o < bias.length; o++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i]! * shift[i]!;
    bias[o]! += sum;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! *= scale[i % inputs]!;
}
