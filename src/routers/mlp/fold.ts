// The trained networks of an ensemble as the layers of one.
import type { NamedWeights } from '../../training/fit-problem.js';
import { foldedLayers, type Layer } from '../../training/folded-layers.js';
import { memberName } from './member-name.js';
import type { MlpParams } from './params.js';

/** The ensemble as one network, K times as wide: its logits are the mean of the K networks' logits. */
export function ensembleLayers(
  parameters: NamedWeights,
  buffers: NamedWeights,
  count: number,
  params: Pick<MlpParams, 'batchNorm' | 'ensemble'>,
): Layer[] {
  const networks = Array.from({ length: params.ensemble }, (_, member) =>
    foldedLayers(parameters, buffers, count, params.batchNorm, (name) => memberName(member, name)),
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
