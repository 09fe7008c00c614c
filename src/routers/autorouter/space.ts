// What --tune tries for autorouter.
import { choices, linearRange, logRange, type SpaceOf } from '../search-space.js';
import type { AutorouterParams } from './params.js';

export const autorouterSpace: SpaceOf<AutorouterParams> = {
  hiddenLayers: choices([], [64], [256, 128], [512, 256, 128]),
  dropout: linearRange(0, 0.5),
  batchSize: choices(32, 64, 128),
  learningRate: logRange(1e-4, 3e-3),
  weightDecay: logRange(1e-6, 1e-2),
  batchNorm: choices(true, false),
  classWeights: choices('none', 'balanced'),
  labelSmoothing: choices(0, 0.05),
};
