// How the learning rate moves over the steps of a fit.

export type ScheduleName = 'constant' | 'linear' | 'cosine';

export interface Schedule {
  readonly name: ScheduleName;
  /** Share of all steps over which the rate first rises linearly from 0; 0 = none. */
  readonly warmup: number;
}

export const CONSTANT: Schedule = { name: 'constant', warmup: 0 };

/**
 * The rate of step 1 … steps. After the warm-up: constant, or falling to 0 linearly or along half a cosine
 * (Loshchilov and Hutter 2017, without restarts); the last step still has a positive rate.
 */
export function learningRateAt(peak: number, schedule: Schedule, step: number, steps: number): number {
  const warm = Math.round(schedule.warmup * steps);
  if (step <= warm) return (peak * step) / warm;
  const progress = (step - 1 - warm) / Math.max(1, steps - warm);
  if (schedule.name === 'linear') return peak * (1 - progress);
  if (schedule.name === 'cosine') return (peak * (1 + Math.cos(Math.PI * progress))) / 2;
  return peak;
}
