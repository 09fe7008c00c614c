// Values that several sections of the configuration share.
import { z } from 'zod';

export const share = z.number().min(0).max(1);
export const text = z.string().min(1);
/** Who asks: 3 and "3" are the same person. */
export const personId = z.union([z.string(), z.number().transform(String)]);
export const positiveInt = z.number().int().positive();
export const count = z.number().int().min(0);

/** For .refine: the weights of quality and cost leave latency at least nothing. */
export const weights = (section: { qualityWeight?: number | undefined; costWeight?: number | undefined }) =>
  (section.qualityWeight ?? 0) + (section.costWeight ?? 0) <= 1 + 1e-9;
export const weightsMessage = {
  path: ['costWeight'],
  message: 'quality_weight and cost_weight may add up to at most 1 (latency takes the rest)',
};
