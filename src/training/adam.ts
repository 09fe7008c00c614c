// Adam and AdamW over all parameters of a model at once, as one flat vector.
// Kingma and Ba (2015), algorithm 1; Loshchilov and Hutter (2019), algorithm 2 (decoupled weight decay).
import { adamKernel } from './adam-kernel.js';
import type { Weights } from './tensorflow.js';

export interface AdamOptions {
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Outside the root, after bias correction, as in PyTorch. Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled (AdamW): w ← w·(1 − lr·weightDecay) before the step, biases too. Default 0. */
  readonly weightDecay?: number;
  /** Coupled: l2·w is added to the gradient. Default 0. */
  readonly l2?: number;
  /** Gradients longer than this (Euclidean, over all parameters) are scaled down to it; 0 = never. Default 0. */
  readonly clipNorm?: number;
}

export interface FlatAdam {
  /** Views on the flat vectors by parameter; the weights change in place at every step. */
  readonly weights: Readonly<Record<string, Weights>>;
  readonly gradients: Readonly<Record<string, Float32Array>>;
  /** Steps taken. */
  readonly steps: number;
  /**
   * One step with the gradients now in `gradients`, t = steps + 1:
   * m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − lr·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε). Float32 throughout.
   */
  step(learningRate: number): void;
  /** Copies of everything that the next step depends on. */
  save(): AdamState;
  /** Continues from a saved state of the same parameters. */
  load(state: AdamState): void;
}

/** Flat vectors in the order of the parameters. */
export interface AdamState {
  readonly steps: number;
  readonly weights: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
}

/** Starts from copies of `parameters`. */
export function flatAdam(parameters: Readonly<Record<string, Weights>>, options: AdamOptions = {}): FlatAdam {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, l2 = 0, clipNorm = 0 } = options;
  const total = Object.values(parameters).reduce((sum, { data }) => sum + data.length, 0);
  const kernel = adamKernel(total);
  const weights: Record<string, Weights> = {};
  const gradients: Record<string, Float32Array> = {};
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(parameters)) {
    const end = offset + data.length;
    weights[name] = { shape, data: kernel.weights.subarray(offset, end) };
    weights[name].data.set(data);
    gradients[name] = kernel.gradients.subarray(offset, end);
    offset = end;
  }
  let steps = 0;
  return {
    weights,
    gradients,
    get steps() {
      return steps;
    },
    step: (learningRate) => {
      steps++;
      const root = Math.sqrt(1 - beta2 ** steps);
      kernel.update({
        gradientScale: clipNorm > 0 ? clipScale(kernel.gradients, clipNorm) : 1,
        l2,
        keep: 1 - learningRate * weightDecay,
        beta1,
        beta2,
        stepSize: (learningRate * root) / (1 - beta1 ** steps),
        epsilon: epsilon * root,
      });
    },
    save: () => ({
      steps,
      weights: kernel.weights.slice(),
      firstMoments: kernel.firstMoments.slice(),
      secondMoments: kernel.secondMoments.slice(),
    }),
    load: (state) => {
      steps = state.steps;
      kernel.weights.set(state.weights);
      kernel.firstMoments.set(state.firstMoments);
      kernel.secondMoments.set(state.secondMoments);
    },
  };
}

/** Factor that brings the gradient's length down to `limit`; 1 if it is within. */
function clipScale(gradients: Float32Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < gradients.length; i++) sum += gradients[i]! * gradients[i]!;
  const length = Math.sqrt(sum);
  return length > limit ? limit / length : 1;
}
