// Where a plain network starts. He et al. (2015): the weights of a ReLU layer of I inputs have variance 2/I.
import type { Random } from '../math/random.js';
import type { BatchNormPlace } from './dense-network.js';
import type { NamedWeights } from './fit-problem.js';
import type { Weights } from './tensorflow.js';

export interface DenseStart {
  readonly batchNorm: BatchNormPlace;
  /** [O] bias of the output layer. */
  readonly outputBias: Float32Array;
  /** The output layer's weights have variance outputSpread² / inputs; 0 = they start at zero. */
  readonly outputSpread: number;
}

/**
 * w1 [U×I], b1 [U×1] …, and gamma1, beta1 … [U×1] of each hidden layer's batch norm.
 * @param widths of the input, every hidden layer, the output
 */
export function denseParameters(
  widths: readonly number[],
  { batchNorm, outputBias, outputSpread }: DenseStart,
  random: Random,
): NamedWeights {
  const last = widths.length - 1;
  const parameters: Record<string, Weights> = {};
  for (let layer = 1; layer <= last; layer++) {
    const [inputs, units] = [widths[layer - 1]!, widths[layer]!];
    const spread = layer === last ? outputSpread / Math.sqrt(inputs) : Math.sqrt(2 / inputs);
    const data = Float32Array.from({ length: units * inputs }, () => spread * random.normal());
    parameters[`w${layer}`] = { shape: [units, inputs], data };
    parameters[`b${layer}`] = column(layer === last ? outputBias : new Float32Array(units));
    if (layer === last || batchNorm === 'none') continue;
    parameters[`gamma${layer}`] = column(new Float32Array(units).fill(1));
    parameters[`beta${layer}`] = column(new Float32Array(units));
  }
  return parameters;
}

/** Moving averages of each hidden layer's batch norm: running_mean1, running_var1, … [U×1]. */
export function denseBuffers(widths: readonly number[], { batchNorm }: Pick<DenseStart, 'batchNorm'>): NamedWeights {
  if (batchNorm === 'none') return {};
  return Object.fromEntries(
    widths.slice(1, -1).flatMap((units, i) => [
      [`running_mean${i + 1}`, column(new Float32Array(units))],
      [`running_var${i + 1}`, column(new Float32Array(units).fill(1))],
    ]),
  );
}

function column(data: Float32Array): Weights {
  return { shape: [data.length, 1], data };
}
