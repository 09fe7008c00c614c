// A trained plain network as layers alone: batch norm with settled averages is a scale and a shift, and both fit into a weight matrix.
import { BATCH_NORM_EPSILON } from './batch-norm-epsilon.js';
import type { BatchNormPlace } from './dense-network.js';
import type { NamedWeights } from './fit-problem.js';

/** One layer: ReLU(W·h + b), the last one without ReLU. */
export interface Layer {
  /** [O×I] */
  readonly weights: Float32Array;
  /** [O] */
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * One network. With s = γ/√(var + ε), t = β − mean·s: before the ReLU w ← s·w by row, b ← s·b + t;
 * after it the *next* layer's w ← w·s by column, b ← b + w·t.
 * @param count layers
 */
export function foldedLayers(
  parameters: NamedWeights,
  buffers: NamedWeights,
  count: number,
  batchNorm: BatchNormPlace,
  named: (name: string) => string = (name) => name,
): Layer[] {
  const layers = Array.from({ length: count }, (_, i) => {
    const { shape, data } = parameters[named(`w${i + 1}`)]!;
    return {
      weights: data.slice(),
      bias: parameters[named(`b${i + 1}`)]!.data.slice(),
      outputs: shape[0]!,
      inputs: shape[1]!,
    };
  });
  if (batchNorm === 'none') return layers;
  for (let layer = 1; layer < count; layer++) {
    const { scale, shift } = scaleAndShift(parameters, buffers, (name) => named(`${name}${layer}`));
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
