// What --tune tries for knn.
import { choices, logRange, type SpaceOf } from '../search-space.js';
import type { KnnParams } from './params.js';

export const knnSpace: SpaceOf<KnnParams> = {
  k: choices(5, 10, 20, 40, 80, 160, 320),
  shrinkage: logRange(1, 100),
  weights: choices('uniform', 'inverse', 'softmax'),
};
