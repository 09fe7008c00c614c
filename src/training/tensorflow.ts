// The types of TensorFlow.js, for rooms that may not import it themselves.
import type * as tensorflow from '@tensorflow/tfjs';

export type TensorFlow = typeof tensorflow;
export type EngineTensor = tensorflow.Tensor;
export type EngineScalar = tensorflow.Scalar;
export type EngineMatrix = tensorflow.Tensor2D;

/** Values of a parameter outside any engine. */
export interface Weights {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
