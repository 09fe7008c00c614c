// Text and image of a query side by side, with a mark that says whether there is an image at all.
import { type Matrix, matrix, rowOf } from '../../math/matrix.js';
import type { EmbeddedImages } from '../encoder.js';

/** [n × (D + Di + 1)]: text [n × D], image [n × Di] (zeros without one), 1 where there is an image. */
export function jointFeatures(texts: Matrix, { vectors, present }: EmbeddedImages): Matrix {
  const joint = matrix(texts.rows, texts.cols + vectors.cols + 1);
  for (let i = 0; i < texts.rows; i++) {
    const start = i * joint.cols;
    joint.data.set(rowOf(texts, i), start);
    joint.data.set(rowOf(vectors, i), start + texts.cols);
    joint.data[start + joint.cols - 1] = present[i]!;
  }
  return joint;
}
