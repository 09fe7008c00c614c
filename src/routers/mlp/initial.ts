// Where the network starts. He et al. (2015): the weights of a ReLU layer of I inputs have variance 2/I.
import { type Random, seededRandom } from '../../math/random.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { Weights } from '../../training/tensorflow.js';
import { memberName } from './member-name.js';
import type { MlpParams } from './params.js';

type NormParams = Pick<MlpParams, 'batchNorm'>;

/**
 * Small, so that the network starts at each model's mean: with logits of spread 1 the best epoch is too early to have learned
 * much else (out of fold on 5,608 real queries .637 instead of .650).
 */
const OUTPUT_SPREAD = 0.1;

/**
 * Of each network of the ensemble w1 [U₁×D], b1 [U₁×1], …, and gamma1, beta1, … [U×1] of each hidden layer's batch norm, named
 * as `memberName` says.
 */
export function initialParameters(
  widths: readonly number[],
  outputBias: Float32Array,
  params: NormParams & Pick<MlpParams, 'ensemble'>,
  seed: number,
): NamedWeights {
  return ofMembers(params.ensemble, (member) =>
    networkParameters(widths, outputBias, params, seededRandom(seed).fork(memberName(member, 'weights'))),
  );
}

function networkParameters(
  widths: readonly number[],
  outputBias: Float32Array,
  { batchNorm }: NormParams,
  random: Random,
): NamedWeights {
  const last = widths.length - 1;
  const parameters: Record<string, Weights> = {};
  for (let layer = 1; layer <= last; layer++) {
    const [inputs, units] = [widths[layer - 1]!, widths[layer]!];
    const spread = layer === last ? OUTPUT_SPREAD / Math.sqrt(inputs) : Math.sqrt(2 / inputs);
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
export function initialBuffers(
  widths: readonly number[],
  { batchNorm, ensemble }: NormParams & Pick<MlpParams, 'ensemble'>,
): NamedWeights {
  if (batchNorm === 'none') return {};
  return ofMembers(ensemble, () =>
    Object.fromEntries(
      widths.slice(1, -1).flatMap((units, i) => [
        [`running_mean${i + 1}`, column(new Float32Array(units))],
        [`running_var${i + 1}`, column(new Float32Array(units).fill(1))],
      ]),
    ),
  );
}

function ofMembers(ensemble: number, network: (member: number) => NamedWeights): NamedWeights {
  const members = Array.from({ length: ensemble }, (_, member) =>
    Object.entries(network(member)).map(([name, weights]) => [memberName(member, name), weights] as const),
  );
  return Object.fromEntries(members.flat());
}

function column(data: Float32Array): Weights {
  return { shape: [data.length, 1], data };
}
