// What the graph of a router trained with images is given for a batch besides the features.
import type { GraphInputs, ScoringBatch } from '../router.js';
import { checkImages } from './check-images.js';

/** image [Q×Di] and has_image [Q×1]; zeros where a query has none. Throws `VSR_FEATURES` where they do not fit the queries. */
export function imageInputs({ features, images }: ScoringBatch, imageDim: number): GraphInputs {
  if (imageDim === 0) return {};
  const Q = features.rows;
  if (images) checkImages(images, Q, 'VSR_FEATURES', imageDim);
  const image = new Float32Array(Q * imageDim);
  const flags = new Float32Array(Q);
  for (let q = 0; q < Q; q++) {
    if (images?.present[q] !== 1) continue;
    image.set(images.features.data.subarray(q * imageDim, (q + 1) * imageDim), q * imageDim);
    flags[q] = 1;
  }
  return { image: { shape: [Q, imageDim], data: image }, has_image: { shape: [Q, 1], data: flags } };
}
