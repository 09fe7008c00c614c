// Refuses images that do not fit their queries, each with a sentence.
import type { ErrorCode } from '../../errors/codes.js';
import { VsrError } from '../../errors/vsr-error.js';
import { rowOf } from '../../math/matrix.js';
import type { Images } from '../router.js';

/**
 * Throws `code` unless there is a row for every query, and every image that is there is a vector of finite numbers, not all zero.
 * @param width expected columns; default any
 */
export function checkImages(
  { features, present }: Images,
  queries: number,
  code: ErrorCode,
  width = features.cols,
): void {
  if (features.rows !== queries || present.length !== queries) {
    throw new VsrError(
      code,
      `The images do not fit the queries: ${queries} queries, ${features.rows} image rows, ${present.length} flags.`,
    );
  }
  if (features.cols !== width) {
    throw new VsrError(code, `The images have ${features.cols} columns, the router expects ${width}.`, {
      hint: 'Embed images with the encoder that the artifact names.',
    });
  }
  for (let i = 0; i < queries; i++) {
    if (present[i] !== 1) continue;
    const row = rowOf(features, i);
    const bad = row.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new VsrError(code, `Image of row ${i}, column ${bad}: expected a number, got ${row[bad]}.`);
    if (row.every((value) => value === 0)) {
      throw new VsrError(code, `Image of row ${i}: the query has an image, but its vector is all zeros.`, {
        hint: 'Embed the images again.',
      });
    }
  }
}
