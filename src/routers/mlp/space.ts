// What --tune tries for mlp.
import { choices, linearRange, logRange, type SpaceOf } from '../search-space.js';
import type { MlpParams } from './params.js';

export const mlpSpace: SpaceOf<MlpParams> = {
  hiddenLayers: choices([128], [256], [128, 64], [256, 128], [512, 256]),
  dropout: linearRange(0, 0.5),
  learningRate: logRange(1e-4, 1e-2),
  weightDecay: logRange(1e-6, 1e-2),
  batchSize: choices(32, 64, 128),
  ensemble: choices(1, 3, 5),
  schedule: choices('constant', 'cosine'),
};
