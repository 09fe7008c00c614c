// Where the networks of the ensemble start, each at draws of its own.
import { seededRandom } from '../../math/random.js';
import { denseBuffers, denseParameters } from '../../training/dense-start.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import { memberName } from './member-name.js';
import type { MlpParams } from './params.js';

type StartParams = Pick<MlpParams, 'batchNorm' | 'ensemble'>;

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
  { batchNorm, ensemble }: StartParams,
  seed: number,
): NamedWeights {
  const start = { batchNorm, outputBias, outputSpread: OUTPUT_SPREAD };
  return ofMembers(ensemble, (member) =>
    denseParameters(widths, start, seededRandom(seed).fork(memberName(member, 'weights'))),
  );
}

/** Moving averages of each hidden layer's batch norm: running_mean1, running_var1, … [U×1]. */
export function initialBuffers(widths: readonly number[], { batchNorm, ensemble }: StartParams): NamedWeights {
  return ofMembers(ensemble, () => denseBuffers(widths, { batchNorm }));
}

function ofMembers(ensemble: number, network: (member: number) => NamedWeights): NamedWeights {
  const members = Array.from({ length: ensemble }, (_, member) =>
    Object.entries(network(member)).map(([name, weights]) => [memberName(member, name), weights] as const),
  );
  return Object.fromEntries(members.flat());
}
