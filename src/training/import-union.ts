// Imports TensorFlow.js (the union package: the core alone registers no gradients in Node) and keeps it quiet.
import type { TensorFlow } from './tensorflow.js';

let union: Promise<TensorFlow> | undefined;

/** The one TensorFlow.js of this process. */
export function importUnion(): Promise<TensorFlow> {
  union ??= import('@tensorflow/tfjs').then((tf) => {
    tf.enableProdMode(); // no advertisement for tfjs-node and no notes on kernels registered twice
    return tf;
  });
  return union;
}
