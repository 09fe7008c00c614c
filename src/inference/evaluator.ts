// What every evaluator of a scoring graph offers, whichever engine runs it.
import type { Tensor } from './tensor.js';

export type EvaluatorName = 'plain' | 'onnxruntime';

export interface Evaluator {
  readonly engine: EvaluatorName;
  /** Runs the graph once. Throws `VSR_GRAPH` for a missing input or a wrong shape. Returns `scores` [batch × models], float32. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Tensor>;
  /** Frees native memory; the evaluator is unusable afterwards. */
  dispose(): Promise<void>;
}
