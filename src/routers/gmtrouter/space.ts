// What --tune tries for gmtrouter.
import { choices, logRange, type SpaceOf } from '../search-space.js';
import type { GmtrouterParams } from './params.js';

export const gmtrouterSpace: SpaceOf<GmtrouterParams> = {
  conv: choices('hgt', 'sage'),
  hidden: choices(32, 64, 128),
  historySize: choices(8, 16, 32),
  shrinkage: choices(3, 10, 30),
  learningRate: logRange(3e-4, 3e-3),
};
