// Do near queries share their outcomes? Without that, neighbours and clusters have nothing to teach.
import { type Matrix, normaliseRows, rowOf } from '../math/matrix.js';
import { seededRandom } from '../math/random.js';
import { topK } from '../math/top-k.js';

export interface Locality {
  /** Mean agreement, 1 − mean |difference| of two outcome vectors, among nearest neighbours and among random pairs. */
  readonly near: number;
  readonly random: number;
  /** near − random; about 0 means that neighbours know nothing. */
  readonly difference: number;
  /** Share of shuffles of the outcomes that reach `near`. */
  readonly p: number;
}

const NEIGHBOURS = 10;
const ANCHORS = 400;
const SHUFFLES = 999;

/**
 * Cosine neighbours of at most 400 rows drawn by `seed`, among all rows.
 * @param vectors [N×D]
 * @param quality [N×M], NaN = missing: compared over the models that both rows have
 */
export function locality(vectors: Matrix, quality: Matrix<Float64Array>, seed: number): Locality | null {
  const rows = quality.rows;
  if (rows < 3) return null;
  const random = seededRandom(seed).fork('locality');
  const unit = normaliseRows(vectors);
  const anchors = random.shuffle(Array.from({ length: rows }, (_, i) => i)).slice(0, ANCHORS);
  const pairs = anchors.flatMap((anchor) => nearest(unit, anchor).map((neighbour) => [anchor, neighbour] as const));
  const identity = Array.from({ length: rows }, (_, i) => i);
  const near = meanAgreement(quality, pairs, identity);
  const shuffled = Array.from({ length: SHUFFLES }, () => meanAgreement(quality, pairs, random.shuffle(identity)));
  const expected = shuffled.reduce((sum, value) => sum + value, 0) / SHUFFLES;
  const p = (1 + shuffled.filter((value) => value >= near).length) / (1 + SHUFFLES);
  return { near, random: expected, difference: near - expected, p };
}

function nearest(unit: Matrix, anchor: number): number[] {
  const query = rowOf(unit, anchor);
  const similarity = new Float64Array(unit.rows);
  const { cols, data } = unit;
  const even = cols - (cols % 4);
  for (let i = 0, at = 0; i < unit.rows; i++, at = i * cols) {
    // four sums at once: one alone waits for itself
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let j = 0;
    for (; j < even; j += 4) {
      a += query[j]! * data[at + j]!;
      b += query[j + 1]! * data[at + j + 1]!;
      c += query[j + 2]! * data[at + j + 2]!;
      d += query[j + 3]! * data[at + j + 3]!;
    }
    for (; j < cols; j++) a += query[j]! * data[at + j]!;
    similarity[i] = a + b + (c + d);
  }
  similarity[anchor] = Number.NEGATIVE_INFINITY;
  return Array.from(topK(similarity, Math.min(NEIGHBOURS, unit.rows - 1)));
}

/** @param place [N] the row whose outcomes stand at each row: identity, or a shuffle */
function meanAgreement(
  quality: Matrix<Float64Array>,
  pairs: readonly (readonly [number, number])[],
  place: readonly number[],
): number {
  let sum = 0;
  let n = 0;
  for (const [a, b] of pairs) {
    const agreement = agreementOf(quality, place[a]!, place[b]!);
    if (Number.isNaN(agreement)) continue;
    sum += agreement;
    n++;
  }
  return sum / n;
}

function agreementOf({ cols, data }: Matrix<Float64Array>, a: number, b: number): number {
  let sum = 0;
  let n = 0;
  for (let m = 0; m < cols; m++) {
    const difference = Math.abs(data[a * cols + m]! - data[b * cols + m]!);
    if (Number.isNaN(difference)) continue;
    sum += difference;
    n++;
  }
  return 1 - sum / n;
}
