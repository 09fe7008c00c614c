// What --tune tries for mf.
import { choices, logRange, type SpaceOf } from '../search-space.js';
import type { MfParams } from './params.js';

export const mfSpace: SpaceOf<MfParams> = {
  numFactors: choices(4, 8, 16, 32, 64),
  learningRate: logRange(1e-4, 1e-2),
  weightDecay: logRange(1e-6, 1e-2),
  scorer: choices('plain', 'bilinear'),
  schedule: choices('constant', 'cosine'),
};
