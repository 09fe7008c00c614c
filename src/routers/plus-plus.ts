// Greedy k-means++ (Arthur and Vassilvitskii 2007): each next centre is the best of a few points drawn by their squared
// distance to the centres so far. All restarts step together, so that their draws share one matrix product.
import { throwIfAborted } from '../errors/vsr-error.js';
import { takeRows } from '../math/matrix.js';
import type { Random } from '../math/random.js';
import type { Points } from './points.js';

/** Rows of the initial centres [k], one list per generator. Throws `VSR_ABORTED`. */
export async function greedyPlusPlus(
  points: Points,
  k: number,
  generators: readonly Random[],
  signal?: AbortSignal,
): Promise<Int32Array[]> {
  const draws = 2 + Math.floor(Math.log(k));
  const chosen = generators.map(() => new Int32Array(k));
  const potentials = generators.map(() => new Float64Array(points.rows.rows).fill(Number.POSITIVE_INFINITY));
  for (let c = 0; c < k; c++) {
    throwIfAborted(signal);
    const candidates = generators.map((random, r) =>
      c === 0 ? [random.int(points.rows.rows)] : drawByPotential(potentials[r]!, draws, random),
    );
    const distances = await squaredDistances(points, candidates.flat());
    let at = 0;
    candidates.forEach((rows, r) => {
      const closer = rows.map(() => distances(at++));
      const best = smallestSum(potentials[r]!, closer);
      chosen[r]![c] = rows[best]!;
      keepCloser(potentials[r]!, closer[best]!);
    });
  }
  return chosen;
}

/** `draws` rows, each with probability proportional to its potential; any rows where all potential is spent. */
function drawByPotential(potential: Float64Array, draws: number, random: Random): number[] {
  const cumulative = new Float64Array(potential.length);
  let total = 0;
  potential.forEach((value, i) => {
    total += value;
    cumulative[i] = total;
  });
  return Array.from({ length: draws }, () => {
    if (total === 0) return random.int(potential.length);
    return Math.min(firstAbove(cumulative, random.uniform() * total), potential.length - 1);
  });
}

/** Index of the first value greater than `x` in ascending values. */
function firstAbove(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Squared distances [N] of candidate number `at` to all points. */
async function squaredDistances(points: Points, candidates: readonly number[]): Promise<(at: number) => Float64Array> {
  const N = points.rows.rows;
  const products = await points.products(takeRows(points.rows, candidates));
  const lengths = points.squaredLengths;
  return (at) => {
    const own = candidates[at]!;
    const distances = new Float64Array(N);
    for (let i = 0; i < N; i++) distances[i] = Math.max(0, lengths[own]! + lengths[i]! - 2 * products[at * N + i]!);
    distances[own] = 0;
    return distances;
  };
}

/** Which of the candidates leaves the smallest potential (equal: the first drawn). */
function smallestSum(potential: Float64Array, candidates: readonly Float64Array[]): number {
  let best = 0;
  let smallest = Number.POSITIVE_INFINITY;
  candidates.forEach((distances, candidate) => {
    let sum = 0;
    for (let i = 0; i < potential.length; i++) sum += Math.min(potential[i]!, distances[i]!);
    if (sum < smallest) {
      smallest = sum;
      best = candidate;
    }
  });
  return best;
}

function keepCloser(potential: Float64Array, distances: Float64Array): void {
  for (let i = 0; i < potential.length; i++) potential[i] = Math.min(potential[i]!, distances[i]!);
}
