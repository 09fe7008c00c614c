// Numbers among the parameters of routers, each with one sentence for whatever else comes.
import { z } from 'zod';

/** A number from `low` to `high`, both allowed. */
export function within(low: number, high: number, error = `expected a number from ${low} to ${high}`): z.ZodNumber {
  return z.number({ error }).min(low, error).max(high, error);
}

/** A whole number from `low` to `high`, both allowed. */
export function count(
  low: number,
  high: number,
  error = `expected a whole number from ${low} to ${high}`,
): z.ZodNumber {
  return within(low, high, error).int(error);
}

/** The same, or "auto": the router finds it. */
export function countOrAuto(low: number, high: number): z.ZodUnion<[z.ZodLiteral<'auto'>, z.ZodNumber]> {
  const error = `expected "auto" or a whole number from ${low} to ${high}`;
  return z.union([z.literal('auto'), count(low, high, error)], { error });
}

const NOT_NEGATIVE = 'expected a number of at least 0';
export const notNegative = z.number({ error: NOT_NEGATIVE }).min(0, NOT_NEGATIVE);
