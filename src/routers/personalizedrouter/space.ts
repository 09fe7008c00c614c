// What --tune tries for personalizedrouter.
import { choices, linearRange, logRange, type SpaceOf } from '../search-space.js';
import type { PersonalizedRouterParams } from './params.js';

export const personalizedRouterSpace: SpaceOf<PersonalizedRouterParams> = {
  embeddingDim: choices(32, 64, 128),
  learningRate: logRange(1e-4, 1e-2),
  weightDecay: logRange(1e-6, 1e-2),
  trainMaskRate: linearRange(0.05, 0.9),
  neighbours: choices(25, 50, 75, 150),
};
