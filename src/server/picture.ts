// The picture that the router looks at: the newest of a question, fetched only where that is allowed, refused where it is broken.
import type { VsrConfig } from '../config/schema.js';
import { imageBytes, imageSize, isAddress } from '../embeddings/clip/read-image.js';
import { VsrError } from '../errors/vsr-error.js';
import { ApiError } from './api-error.js';

const WHERE = 'The image';

/**
 * A data: URL for the router; undefined where there is none to look at. Models get the pictures as they came.
 * Throws `ApiError` 400 for one that is damaged, too large, animated, of a format that is not read, or not to be had.
 */
export async function pictureFor(
  images: readonly string[],
  { embedding, serve }: Pick<VsrConfig, 'embedding' | 'serve'>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const image = images.at(-1);
  if (image === undefined || (isAddress(image) && !embedding.allowRemoteImages)) return undefined;
  // Never a path: what a parser of URLs forgives, such as a blank before it, is no URL here.
  if (!isAddress(image) && !/^data:/i.test(image)) throw refused(`${WHERE} is no https, http or data:image URL.`);
  try {
    const access = { allowRemote: true, publicOnly: !serve.allowPrivateImages, signal };
    const bytes = await imageBytes(image, WHERE, access);
    const { pages } = await imageSize(bytes, WHERE);
    if (pages > 1) throw refused(`${WHERE} is animated (${pages} pictures); expected a single one.`);
    return isAddress(image) ? `data:;base64,${bytes.toString('base64')}` : image;
  } catch (error) {
    throw pictureError(error);
  }
}

/** What is wrong with a picture as a sentence under 400; anything else as it is. */
export function pictureError(error: unknown): unknown {
  return error instanceof VsrError && error.code === 'VSR_DATA' ? refused(error.message) : error;
}

function refused(message: string): ApiError {
  return new ApiError(400, message, { code: 'invalid_image', param: 'messages' });
}
