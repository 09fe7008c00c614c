// Do near queries share their outcomes? Without that, neighbours and clusters have nothing to teach.
import { type Matrix, normaliseRows } from '../math/matrix.js';
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
  const anchors = Int32Array.from({ length: rows }, (_, i) => i);
  random.permute(anchors);
  const pairs = neighbourPairs(normaliseRows(vectors), anchors.subarray(0, ANCHORS));
  const identity = Int32Array.from({ length: rows }, (_, i) => i);
  const near = meanAgreement(quality, pairs, identity);
  const place = new Int32Array(rows);
  const shuffled = Float64Array.from({ length: SHUFFLES }, () => {
    place.set(identity);
    random.permute(place);
    return meanAgreement(quality, pairs, place);
  });
  const expected = shuffled.reduce((sum, value) => sum + value, 0) / SHUFFLES;
  const p = (1 + shuffled.filter((value) => value >= near).length) / (1 + SHUFFLES);
  return { near, random: expected, difference: near - expected, p };
}

/** Rows compared, the k-th pair at 2k and 2k + 1: each anchor with each of its neighbours, the nearest first. */
function neighbourPairs(unit: Matrix, anchors: Int32Array): Int32Array {
  const k = Math.min(NEIGHBOURS, unit.rows - 1);
  const pairs = new Int32Array(2 * k * anchors.length);
  const similarity = Array.from({ length: TOGETHER }, () => new Float64Array(unit.rows));
  for (let start = 0, at = 0; start < anchors.length; start += TOGETHER) {
    const together = anchors.subarray(start, start + TOGETHER);
    similarities(unit, together, similarity);
    together.forEach((anchor, t) => {
      const own = similarity[t]!;
      own[anchor] = Number.NEGATIVE_INFINITY;
      for (const neighbour of topK(own, k)) {
        pairs[at++] = anchor;
        pairs[at++] = neighbour;
      }
    });
  }
  return pairs;
}

/** Anchors compared with two rows at once: each value that is read serves several products, whose sums do not wait for each other. */
const TOGETHER = 4;

/** out[t][i] = the product of row i and the t-th anchor, of which there are at most four. */
function similarities({ rows, cols, data }: Matrix, anchors: Int32Array, out: readonly Float64Array[]): void {
  const length = TOGETHER * cols;
  const query = new Float64Array(length); // the anchors' first values, then their second ones …
  anchors.forEach((anchor, t) => {
    for (let j = 0; j < cols; j++) query[TOGETHER * j + t] = data[anchor * cols + j]!;
  });
  const [out0, out1, out2, out3] = out as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < rows; i += 2) {
    const other = Math.min(i + 1, rows - 1); // the last of an odd number stands beside itself
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let q = 0, a = i * cols, b = other * cols; q < length; q += TOGETHER, a++, b++) {
      const own = data[a]!;
      const next = data[b]!;
      const query0 = query[q]!;
      const query1 = query[q + 1]!;
      const query2 = query[q + 2]!;
      const query3 = query[q + 3]!;
      a0 += query0 * own;
      a1 += query1 * own;
      a2 += query2 * own;
      a3 += query3 * own;
      b0 += query0 * next;
      b1 += query1 * next;
      b2 += query2 * next;
      b3 += query3 * next;
    }
    out0[i] = a0;
    out1[i] = a1;
    out2[i] = a2;
    out3[i] = a3;
    out0[other] = b0;
    out1[other] = b1;
    out2[other] = b2;
    out3[other] = b3;
  }
}

/**
 * Mean over the pairs that have a model in common.
 * @param place [N] the row whose outcomes stand at each row: identity, or a shuffle
 */
function meanAgreement({ cols, data }: Matrix<Float64Array>, pairs: Int32Array, place: Int32Array): number {
  let sum = 0;
  let n = 0;
  for (let pair = 0; pair < pairs.length; pair += 2) {
    const a = place[pairs[pair]!]! * cols;
    const b = place[pairs[pair + 1]!]! * cols;
    let apart = 0;
    let shared = 0;
    for (let m = 0; m < cols; m++) {
      const difference = Math.abs(data[a + m]! - data[b + m]!);
      if (Number.isNaN(difference)) continue;
      apart += difference;
      shared++;
    }
    if (shared === 0) continue;
    sum += 1 - apart / shared;
    n++;
  }
  return sum / n;
}
