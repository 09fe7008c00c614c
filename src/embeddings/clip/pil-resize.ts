// Pillow's bicubic resize on 8-bit pixels, to the last bit: models were trained on its pixels, and other kernels differ.
// Antialiased: reducing by s widens the kernel s times. Two passes (rows, then columns) in fixed point, clipped in between,
// as in Pillow's Resample.c.
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** [height × width × 3] */
  readonly data: Uint8Array;
}

/** Part of the resized image, in its pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Products between two turns of the event loop, some milliseconds: a large picture takes a second, and a server must answer others meanwhile. */
const PRODUCTS_A_TURN = 2e6;

/** The window of `image` resized to width × height; pixels outside the window are never computed. */
export async function resizeBicubic(image: RgbImage, width: number, height: number, window: Window): Promise<RgbImage> {
  const columns = taps(image.width, width, window.left, window.width);
  const lines = taps(image.height, height, window.top, window.height);
  const top = Math.min(...lines.map(({ start }) => start));
  const bottom = Math.max(...lines.map(({ start, weights }) => start + weights.length));
  const rows = bottom - top;

  const middle = new Uint8Array(rows * window.width * 3);
  const linesATurn = Math.ceil(PRODUCTS_A_TURN / (3 * columns.reduce((sum, { weights }) => sum + weights.length, 0)));
  for (let y = 0; y < rows; y++) {
    if (y % linesATurn === linesATurn - 1) await nextTurn();
    const row = (top + y) * image.width * 3;
    for (let x = 0; x < window.width; x++) {
      const { start, weights } = columns[x]!;
      convolve(image.data, row + start * 3, 3, weights, middle, (y * window.width + x) * 3);
    }
  }
  const data = new Uint8Array(window.height * window.width * 3);
  for (let y = 0; y < window.height; y++) {
    const { start, weights } = lines[y]!;
    for (let x = 0; x < window.width; x++) {
      const from = ((start - top) * window.width + x) * 3;
      convolve(middle, from, window.width * 3, weights, data, (y * window.width + x) * 3);
    }
  }
  return { width: window.width, height: window.height, data };
}

const BITS = 22;
const FIXED_POINT = 2 ** BITS;
const HALF = FIXED_POINT / 2;

/** One pixel of three channels: Σ weight · pixel, rounded and clipped to a byte. In 32 bits, as Pillow has it: |Σ| stays below 2³¹. */
function convolve(
  from: Uint8Array,
  start: number,
  step: number,
  weights: Int32Array,
  to: Uint8Array,
  at: number,
): void {
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  for (let k = 0, place = start; k < weights.length; k++, place += step) {
    const weight = weights[k]!;
    red = (red + Math.imul(weight, from[place]!)) | 0;
    green = (green + Math.imul(weight, from[place + 1]!)) | 0;
    blue = (blue + Math.imul(weight, from[place + 2]!)) | 0;
  }
  to[at] = clipped(red >> BITS);
  to[at + 1] = clipped(green >> BITS);
  to[at + 2] = clipped(blue >> BITS);
}

function clipped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

interface Taps {
  /** First pixel that counts. */
  readonly start: number;
  /** In fixed point, adding up to about 1. */
  readonly weights: Int32Array;
}

/** For the output pixels first … first + count − 1 of a line of `size` pixels resized to `target`. Same size: as it is. */
function taps(size: number, target: number, first: number, count: number): Taps[] {
  const scale = size / target;
  const widening = Math.max(1, scale);
  const support = 2 * widening;
  return Array.from({ length: count }, (_, i) => {
    if (size === target) return { start: first + i, weights: Int32Array.of(FIXED_POINT) };
    const centre = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(size, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: end - start }, (_, x) => cubic((x + start - centre + 0.5) / widening));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { start, weights: Int32Array.from(raw, (weight) => fixed(total === 0 ? weight : weight / total)) };
  });
}

/** Rounded half away from zero. */
function fixed(weight: number): number {
  return Math.trunc(weight * FIXED_POINT + (weight < 0 ? -0.5 : 0.5));
}

/** Keys's cubic convolution, a = −0.5. */
function cubic(position: number): number {
  const x = Math.abs(position);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
}

const A = -0.5;
