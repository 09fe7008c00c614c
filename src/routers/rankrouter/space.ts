// What --tune tries for rankrouter.
import { choices, logRange, type SpaceOf } from '../search-space.js';
import type { RankrouterParams } from './params.js';

export const rankrouterSpace: SpaceOf<RankrouterParams> = {
  embeddingDim: choices(64, 128, 256),
  numClusters: choices(16, 32, 50, 64),
  learningRate: logRange(1e-4, 3e-3),
  dropout: choices(0, 0.1, 0.2),
};
