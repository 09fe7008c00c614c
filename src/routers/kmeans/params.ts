// Parameters of the kmeans router; configs/kmeans.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, countOrAuto, notNegative } from '../number-params.js';

export const kmeansParams = z.strictObject({
  /** auto = chosen on inner validation. */
  clusters: countOrAuto(1, 512).default('auto'),
  /** κ: how many average queries the mean of a model counts for in a cluster. */
  shrinkage: notNegative.default(10),
  /** Restarts; the lowest inertia wins. */
  nInit: count(1, 1000).default(10),
  maxIter: count(1, 100_000).default(300),
  /** Times the mean variance of a feature: a smaller squared movement of the centres ends a run. */
  tol: notNegative.default(1e-4),
  implementation: z.enum(['own', 'ml-kmeans'], { error: 'expected own or ml-kmeans' }).default('own'),
});

export type KmeansParams = z.output<typeof kmeansParams>;
