// Parameters of the kmeans router; configs/kmeans.yaml gives the reasons for the defaults.
import { z } from 'zod';

const CLUSTERS = 'expected "auto" or a whole number from 1 to 512';
const count = (high: number) =>
  z
    .int({ error: `expected a whole number from 1 to ${high}` })
    .min(1)
    .max(high, { error: `expected a whole number from 1 to ${high}` });
const notNegative = z.number({ error: 'expected a number' }).min(0, 'expected a number of at least 0');

export const kmeansParams = z.strictObject({
  /** auto = chosen on inner validation. */
  clusters: z
    .union([z.literal('auto'), z.number().int(CLUSTERS).min(1, CLUSTERS).max(512, CLUSTERS)], { error: CLUSTERS })
    .default('auto'),
  /** κ: how many average queries the mean of a model counts for in a cluster. */
  shrinkage: notNegative.default(10),
  /** Restarts; the lowest inertia wins. */
  nInit: count(1000).default(10),
  maxIter: count(100_000).default(300),
  /** Times the mean variance of a feature: a smaller squared movement of the centres ends a run. */
  tol: notNegative.default(1e-4),
  implementation: z.enum(['own', 'ml-kmeans'], { error: 'expected own or ml-kmeans' }).default('own'),
});

export type KmeansParams = z.output<typeof kmeansParams>;
