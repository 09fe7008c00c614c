// What --tune tries for svm. What acts past max_rows alone (approximation, landmarks) trades time for nearness, and is not tuned.
import { choices, logRange, type SpaceOf } from '../search-space.js';
import type { SvmParams } from './params.js';

export const svmSpace: SpaceOf<SvmParams> = {
  kernel: choices('rbf', 'linear'),
  gamma: logRange(0.01, 10),
  c: logRange(0.01, 100),
};
