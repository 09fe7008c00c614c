// What weights do not explain of a person's ratings, and how much of it is a plain liking of a model.
import type { WeighedGroup } from './user-weights.js';

/** Bounds of κ_δ. */
const LEAST_SHRINKAGE = 1;
export const MOST_SHRINKAGE = 1e6;
/**
 * κ_δ where nobody's past tells whether people differ: the variance of a vote about its chance, up to ¼, over that of likings of a
 * tenth of the scale.
 */
const UNTOLD_SHRINKAGE = 20;

/** Sums of a person's residuals by model: [M] each. */
export interface ModelResiduals {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly counts: Float64Array;
}

export function modelResiduals(
  groups: readonly WeighedGroup[],
  errors: readonly Float64Array[],
  M: number,
): ModelResiduals {
  const [sums, squares, counts] = [new Float64Array(M), new Float64Array(M), new Float64Array(M)];
  groups.forEach(({ rated }, g) => {
    rated.models.forEach((m, i) => {
      const e = errors[g]![i]!;
      sums[m]! += e;
      squares[m]! += e * e;
      counts[m]! += 1;
    });
  });
  return { sums, squares, counts };
}

/** δ [M] = Σ e / (n + κ_δ). */
export function liking({ sums, counts }: ModelResiduals, shrinkage: number): Float32Array {
  return Float32Array.from(sums, (sum, m) => sum / (counts[m]! + shrinkage));
}

/**
 * κ_δ = s²_within / s²_between, cut to [1, 1e6]: within, the mean variance of e inside a person and model; between, what of
 * the variance of people's means (about their model's) that does not explain. No tastes: 1e6, and δ vanishes. Too few ratings
 * to tell: 20.
 */
export function likingShrinkage(people: readonly ModelResiduals[], M: number): number {
  let [inside, freedom, spread, spreadFreedom, cells, count] = [0, 0, 0, 0, 0, 0];
  for (let m = 0; m < M; m++) {
    const means: number[] = [];
    for (const { sums, squares, counts } of people) {
      const n = counts[m]!;
      if (n === 0) continue;
      means.push(sums[m]! / n);
      inside += squares[m]! - sums[m]! ** 2 / n;
      freedom += n - 1;
      cells += n;
      count++;
    }
    const centre = means.reduce((a, b) => a + b, 0) / Math.max(1, means.length);
    spread += means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0);
    spreadFreedom += Math.max(0, means.length - 1);
  }
  if (freedom <= 0 || spreadFreedom === 0) return UNTOLD_SHRINKAGE;
  const within = inside / freedom;
  const between = Math.max(0, spread / spreadFreedom - (within * count) / cells);
  if (between === 0) return MOST_SHRINKAGE;
  return Math.min(MOST_SHRINKAGE, Math.max(LEAST_SHRINKAGE, within / between));
}
