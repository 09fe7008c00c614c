// The matrix product in plain arrays, blocked for the cache; every sum runs in float64.

/** out [M×N] = a [M×K] · b [K×N], all row-major. */
export function multiply(a: Float32Array, b: Float32Array, out: Float32Array, M: number, K: number, N: number): void {
  if (M < PANEL) for (let m = 0; m < M; m++) multiplyRow(a.subarray(m * K, (m + 1) * K), b, out, m * N, N);
  else multiplyPanels(a, b, out, M, K, N);
}

/** Rows of `a` that are multiplied together. */
const PANEL = 4;

/** One row times b, eight rows of b at a time: out[n] = Σ_k a[k]·b[k,n]. */
function multiplyRow(a: Float32Array, b: Float32Array, out: Float32Array, at: number, N: number): void {
  const K = a.length;
  const sums = new Float64Array(N);
  let k = 0;
  for (; k + 7 < K; k += 8) {
    const a0 = a[k]!;
    const a1 = a[k + 1]!;
    const a2 = a[k + 2]!;
    const a3 = a[k + 3]!;
    const a4 = a[k + 4]!;
    const a5 = a[k + 5]!;
    const a6 = a[k + 6]!;
    const a7 = a[k + 7]!;
    const b0 = k * N;
    const b1 = b0 + N;
    const b2 = b1 + N;
    const b3 = b2 + N;
    const b4 = b3 + N;
    const b5 = b4 + N;
    const b6 = b5 + N;
    const b7 = b6 + N;
    for (let n = 0; n < N; n++) {
      sums[n]! +=
        a0 * b[b0 + n]! +
        a1 * b[b1 + n]! +
        a2 * b[b2 + n]! +
        a3 * b[b3 + n]! +
        a4 * b[b4 + n]! +
        a5 * b[b5 + n]! +
        a6 * b[b6 + n]! +
        a7 * b[b7 + n]!;
    }
  }
  for (; k < K; k++) {
    const ak = a[k]!;
    for (let n = 0; n < N; n++) sums[n]! += ak * b[k * N + n]!;
  }
  for (let n = 0; n < N; n++) out[at + n] = sums[n]!;
}

/** Panels of 4 rows of `a` against panels of 3 columns of `b`, both packed as float64 so that the inner loop reads in line. */
function multiplyPanels(a: Float32Array, b: Float32Array, out: Float32Array, M: number, K: number, N: number): void {
  const panels = Math.floor(M / PANEL);
  const packedA = new Float64Array(panels * PANEL * K);
  for (let m = 0; m < panels * PANEL; m++) {
    const to = (m - (m % PANEL)) * K + (m % PANEL);
    for (let k = 0; k < K; k++) packedA[to + k * PANEL] = a[m * K + k]!;
  }
  const packedB = new Float64Array(3 * K);
  for (let n = 0; n < N; n += 3) {
    const width = Math.min(3, N - n);
    packedB.fill(0);
    for (let k = 0; k < K; k++) for (let j = 0; j < width; j++) packedB[3 * k + j] = b[k * N + n + j]!;
    for (let panel = 0; panel < panels; panel++) multiplyTile(packedA, packedB, out, panel, n, width, K, N);
  }
  for (let m = panels * PANEL; m < M; m++) multiplyRow(a.subarray(m * K, (m + 1) * K), b, out, m * N, N);
}

/** One 4 × 3 tile of the result. */
function multiplyTile(
  packedA: Float64Array,
  packedB: Float64Array,
  out: Float32Array,
  panel: number,
  n: number,
  width: number,
  K: number,
  N: number,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let i = panel * PANEL * K;
  for (let j = 0; j < 3 * K; j += 3, i += 4) {
    const b0 = packedB[j]!;
    const b1 = packedB[j + 1]!;
    const b2 = packedB[j + 2]!;
    const a0 = packedA[i]!;
    const a1 = packedA[i + 1]!;
    const a2 = packedA[i + 2]!;
    const a3 = packedA[i + 3]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
  }
  const o0 = panel * PANEL * N + n;
  const o1 = o0 + N;
  const o2 = o1 + N;
  const o3 = o2 + N;
  out[o0] = c00;
  out[o1] = c10;
  out[o2] = c20;
  out[o3] = c30;
  if (width > 1) {
    out[o0 + 1] = c01;
    out[o1 + 1] = c11;
    out[o2 + 1] = c21;
    out[o3 + 1] = c31;
  }
  if (width > 2) {
    out[o0 + 2] = c02;
    out[o1 + 2] = c12;
    out[o2 + 2] = c22;
    out[o3 + 2] = c32;
  }
}
