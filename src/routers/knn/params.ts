// Parameters of the knn router; configs/knn.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { notNegative } from '../number-params.js';

const K = 'expected "auto" or a whole number of at least 1';

export const knnParams = z.strictObject({
  /** Neighbours asked; auto = chosen on inner validation. */
  k: z.union([z.literal('auto'), z.number().int(K).min(1, K)], { error: K }).default('auto'),
  /** κ: how many average neighbours the mean of a model counts for. */
  shrinkage: notNegative.default(10),
  weights: z
    .enum(['uniform', 'inverse', 'softmax'], { error: 'expected uniform, inverse or softmax' })
    .default('uniform'),
  implementation: z.enum(['onnx', 'ml-knn'], { error: 'expected onnx or ml-knn' }).default('onnx'),
});

export type KnnParams = z.output<typeof knnParams>;
