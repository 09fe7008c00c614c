// The pictures of a query: paths become data URLs when the query is sent, and what is in the file counts for the call's key.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { VsrError } from '../../errors/vsr-error.js';

/**
 * https, http and data: URLs as they are, paths as absolute ones, from the folder of the query file.
 * Throws `VSR_DATA` that starts with `where` for an address of another kind, such as ftp://.
 */
export function imagePlaces(images: readonly string[], queryFile: string, where = queryFile): string[] {
  return images.map((image) => {
    if (isUrl(image)) return image;
    const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(image)?.[0];
    if (scheme === undefined) return resolve(dirname(queryFile), image);
    throw new VsrError(
      'VSR_DATA',
      `${where}: an image must be a path or begin with https:, http: or data:, got ${scheme}….`,
      {
        hint: 'Download the picture and name its path, from the folder of the query file.',
      },
    );
  });
}

/** Hash of what will be sent; '' without images. Throws `VSR_DATA` that starts with `where` for a file that cannot be read. */
export function imageHash(places: readonly string[], where: string): string {
  if (places.length === 0) return '';
  const hash = createHash('sha256');
  for (const place of places) {
    if (isUrl(place)) hash.update(`${place}\0`);
    else hash.update(createHash('sha256').update(bytesOf(place, where)).digest());
  }
  return hash.digest('hex');
}

/** What a request carries; files are read when they are sent, so that no run holds all pictures. */
export function imageUrls(places: readonly string[]): Promise<string[]> {
  return Promise.all(
    places.map(async (place) =>
      isUrl(place) ? place : `data:${typeOf(place)};base64,${(await readFile(place)).toString('base64')}`,
    ),
  );
}

function bytesOf(path: string, where: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new VsrError('VSR_DATA', `${where}: the image ${path} cannot be read: ${(cause as Error).message}.`, {
      hint: 'Paths of images start at the folder of the query file.',
      cause,
    });
  }
}

function isUrl(image: string): boolean {
  return /^(?:https?|data):/i.test(image);
}

function typeOf(path: string): string {
  return TYPES[extname(path).toLowerCase()] ?? 'image/png';
}

const TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};
