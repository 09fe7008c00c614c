// What the network sees of a query: its text and its image, each as a centred unit vector of spread 1, and whether there is an image.
import { type Matrix, matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import type { Layer } from '../../training/folded-layers.js';
import type { Images } from '../router.js';

/** Vectors of one encoder share a large mean; centred, "no image" is the average image. */
export interface Block {
  /** [d] μ */
  readonly mean: Float64Array;
  /** s = 1/√(mean variance of the columns); 1 where they do not vary. */
  readonly scale: number;
}

export interface InputBlocks {
  readonly text: Block;
  /** Only where the training table had images. */
  readonly image: Block | undefined;
}

export function inputBlocks(features: Matrix, images: Images | undefined): InputBlocks {
  const withImage = images?.present.some((has) => has === 1);
  return { text: blockOf(features), image: images && withImage ? blockOf(images.features, images.present) : undefined };
}

/** D, or D + Di + 1. */
export function inputWidth({ text, image }: InputBlocks): number {
  return text.mean.length + (image ? image.mean.length + 1 : 0);
}

/** x = [(t̂ − μ)·s ‖ has·(î − μ)·s ‖ has] of every row; without an image block its first part alone. */
export function inputRows(blocks: InputBlocks, features: Matrix, images: Images | undefined): Matrix {
  const x = matrix(features.rows, inputWidth(blocks));
  const put = (from: Matrix, { mean, scale }: Block, start: number, row: number) =>
    rowOf(from, row).forEach((value, d) => {
      x.data[row * x.cols + start + d] = (value - mean[d]!) * scale;
    });
  const text = normaliseRows(features);
  const image = blocks.image && images && normaliseRows(images.features);
  for (let i = 0; i < x.rows; i++) {
    put(text, blocks.text, 0, i);
    if (!image || images?.present[i] !== 1) continue;
    put(image, blocks.image!, text.cols, i);
    x.data[(i + 1) * x.cols - 1] = 1;
  }
  return x;
}

/**
 * The first layer over [t̂ ‖ has·î ‖ has] instead of x: W ← s·W by block, and what the means took away goes into the bias (text) and
 * into the weight of the flag (image).
 */
export function withoutCentring({ weights, bias, inputs, outputs }: Layer, { text, image }: InputBlocks): Layer {
  const folded = { weights: weights.slice(), bias: bias.slice(), inputs, outputs };
  for (let o = 0; o < outputs; o++) {
    const row = folded.weights.subarray(o * inputs, (o + 1) * inputs);
    folded.bias[o]! -= scaledInPlace(row.subarray(0, text.mean.length), text);
    if (image) row[inputs - 1]! -= scaledInPlace(row.subarray(text.mean.length, inputs - 1), image);
  }
  return folded;
}

/** w ← s·w; returns w·μ */
function scaledInPlace(w: Float32Array, { mean, scale }: Block): number {
  let product = 0;
  for (let d = 0; d < w.length; d++) {
    product += w[d]! * scale * mean[d]!;
    w[d]! *= scale;
  }
  return product;
}

/** @param present [N] 1 = this row counts; default all */
function blockOf(rows: Matrix, present?: Uint8Array): Block {
  const unit = normaliseRows(rows);
  const counted = Array.from({ length: rows.rows }, (_, i) => i).filter((i) => !present || present[i] === 1);
  const mean = new Float64Array(rows.cols);
  for (const i of counted) {
    for (let d = 0; d < rows.cols; d++) mean[d]! += unit.data[i * rows.cols + d]! / counted.length;
  }
  let variance = 0;
  for (const i of counted) {
    for (let d = 0; d < rows.cols; d++) variance += (unit.data[i * rows.cols + d]! - mean[d]!) ** 2;
  }
  variance /= counted.length * rows.cols;
  return { mean, scale: variance > TINY ? 1 / Math.sqrt(variance) : 1 };
}

/** Of unit vectors in float32: below is rounding. */
const TINY = 1e-12;
