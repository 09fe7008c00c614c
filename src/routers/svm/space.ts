// What --tune tries for svm.
import { choices, logRange, type SpaceOf } from '../search-space.js';
import type { SvmParams } from './params.js';

export const svmSpace: SpaceOf<SvmParams> = {
  kernel: choices('rbf', 'linear'),
  gamma: logRange(0.01, 10),
  c: logRange(0.01, 100),
};
