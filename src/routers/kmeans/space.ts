// What --tune tries for kmeans.
import { choices, logRange, type SpaceOf } from '../search-space.js';
import type { KmeansParams } from './params.js';

export const kmeansSpace: SpaceOf<KmeansParams> = { clusters: choices(4, 8, 16, 32, 64), shrinkage: logRange(1, 100) };
