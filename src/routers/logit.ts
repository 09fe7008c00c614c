// Where the bias of a sigmoid output starts: at the logit of what it should say on average.

/** logit(clip(mean, .01, .99)) */
export function logit(mean: number): number {
  const clipped = Math.min(0.99, Math.max(0.01, mean));
  return Math.log(clipped / (1 - clipped));
}
