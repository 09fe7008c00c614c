// What a fitted autorouter keeps: plain layers over the unit vectors, everything else folded into them; or one logit a model.
import type { Tensor } from '../../inference/tensor.js';
import { matrix } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import type { Layer } from '../../training/folded-layers.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateCount, stateTensor } from '../state-tensor.js';
import type { AutorouterParams } from './params.js';

type FloatTensor = Tensor & { readonly data: Float32Array };

export interface AutorouterState {
  /** Di; 0 = the network was trained without images. */
  readonly imageDim: number;
  /** Weights [in×out] and bias [out]; the first takes [t̂ ‖ has·î ‖ has]. Empty = `means` are the scores. */
  readonly layers: readonly { readonly weights: FloatTensor; readonly bias: FloatTensor }[];
  /** [M] only without layers */
  readonly means: FloatTensor | undefined;
}

export function layersState(layers: readonly Layer[], imageDim: number): RouterState {
  return toState({
    imageDim,
    means: undefined,
    layers: layers.map(({ weights, bias, inputs, outputs }) => ({
      weights: { shape: [inputs, outputs], data: transpose(matrix(outputs, inputs, weights)).data },
      bias: { shape: [outputs], data: bias },
    })),
  });
}

export function constantState(means: Float32Array): RouterState {
  return toState({ imageDim: 0, layers: [], means: { shape: [means.length], data: means } });
}

export function toState({ imageDim, layers, means }: AutorouterState): RouterState {
  const tensors: Record<string, Tensor> = means ? { means } : {};
  layers.forEach(({ weights, bias }, i) => {
    tensors[`layer${i + 1}.weights`] = weights;
    tensors[`layer${i + 1}.bias`] = bias;
  });
  return { json: { layers: layers.length, imageDim }, tensors };
}

/** Throws `VSR_ARTIFACT` where the tensors do not fit together. */
export function fromState({ state, models, featureDim, params }: Fitted<AutorouterParams>): AutorouterState {
  const imageDim = stateCount(state, 'imageDim', 0, MOST_IMAGE_COLUMNS);
  const widths = [featureDim + (imageDim > 0 ? imageDim + 1 : 0), ...params.hiddenLayers, models.length];
  const count = stateCount(state, 'layers', 0, widths.length - 1);
  if (count === 0) return { imageDim, layers: [], means: stateTensor(state, 'means', [models.length]) };
  const layers = widths.slice(1).map((units, i) => ({
    weights: stateTensor(state, `layer${i + 1}.weights`, [widths[i]!, units]),
    bias: stateTensor(state, `layer${i + 1}.bias`, [units]),
  }));
  return { imageDim, layers, means: undefined };
}

const MOST_IMAGE_COLUMNS = 1_000_000;
