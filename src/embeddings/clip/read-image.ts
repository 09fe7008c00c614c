// An image as a query names it (a path, a data URL, an address) to 8-bit RGB pixels, within limits.
import { readFile, stat } from 'node:fs/promises';
import { fileError } from '../../data/open-file.js';
import { VsrError } from '../../errors/vsr-error.js';
import { download } from '../../http/download.js';
import { HttpFailure } from '../../http/http-failure.js';
import { publicFetch } from '../../http/public-fetch.js';
import type { EncoderTools } from '../registry.js';
import type { RgbImage } from './pil-resize.js';

export interface ImageAccess extends EncoderTools {
  /** Whether http(s) addresses are fetched. */
  readonly allowRemote: boolean;
  /** Fetched from the public internet alone, whoever asks for it. */
  readonly publicOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of a file, before it is decoded. */
export const MOST_BYTES = 32 * 2 ** 20;
/** Width × height. */
export const MOST_PIXELS = 50_000_000;

/** The image's file. `where` names it in errors. Throws VSR_DATA for what cannot be had or is too big. */
export async function imageBytes(image: string, where: string, access: ImageAccess): Promise<Buffer> {
  if (/^data:/i.test(image)) return fromDataUrl(image, where);
  if (isAddress(image)) return fromAddress(image, where, access);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(image))
    throw unreadable(where, `${image.slice(0, 60)} is no path, no data URL and no http(s) address`);
  try {
    const { size } = await stat(image);
    if (size > MOST_BYTES) throw tooBig(where, size);
    return await readFile(image);
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw unreadable(where, fileError(image, error).message.replace(/\.$/, ''), error);
  }
}

export function isAddress(image: string): boolean {
  return /^https?:\/\//i.test(image);
}

/** image/png, image/jpeg, image/webp, image/gif or image/tiff, by the file's first bytes; undefined for anything else. */
export function mediaTypeOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const isWebp = start.startsWith('RIFF') && start.endsWith('WEBP');
  return isWebp ? 'image/webp' : FIRST_BYTES.find(([first]) => start.startsWith(first))?.[1];
}

const FIRST_BYTES: readonly (readonly [string, string])[] = [
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
];

/**
 * Pixels as stored: no rotation by EXIF, no colour profile, no transparency (its colour stays), as the models were trained; of
 * an animation the first picture, and a sentence says so. Throws VSR_DATA for a format that is not read (SVG among them), damage,
 * or too many pixels.
 */
export async function decodeImage(
  bytes: Buffer,
  where: string,
  onWarning?: (sentence: string) => void,
): Promise<RgbImage> {
  const { pages } = await imageSize(bytes, where);
  if (pages > 1) onWarning?.(`${where} is animated: of its ${pages} pictures the first counts.`);
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(bytes, OPTIONS)
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const rgb = info.channels === 3 ? data : tripled(data);
    return { width: info.width, height: info.height, data: rgb };
  } catch (error) {
    throw damaged(where, error);
  }
}

/** From the head of the file. Throws VSR_DATA as `decodeImage` does. */
export async function imageSize(bytes: Buffer, where: string): Promise<ImageSize> {
  if (mediaTypeOf(bytes) === undefined) throw unreadable(where, 'it is no PNG, JPEG, WebP, GIF or TIFF');
  const { default: sharp } = await import('sharp');
  const {
    width,
    height,
    pages = 1,
  } = await sharp(bytes, OPTIONS)
    .metadata()
    .catch((error: Error) => {
      throw damaged(where, error);
    });
  if (width * height > MOST_PIXELS) {
    throw unreadable(where, `it has ${width} × ${height} pixels, expected at most ${MOST_PIXELS / 1e6} million`);
  }
  return { width, height, pages };
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
  /** More than one: it is animated. */
  readonly pages: number;
}

const OPTIONS = { limitInputPixels: MOST_PIXELS, failOn: 'error', ignoreIcc: true, pages: 1 } as const;

function damaged(where: string, error: unknown): VsrError {
  const { message } = error as Error;
  if (/pixel limit/i.test(message))
    return unreadable(where, `it has more than ${MOST_PIXELS / 1e6} million pixels`, error);
  return unreadable(where, `it is damaged (${message.split('\n')[0]})`, error);
}

function tripled(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = grey[Math.floor(i / 3)]!;
  return rgb;
}

function fromDataUrl(url: string, where: string): Buffer {
  const comma = url.indexOf(',');
  if (comma < 0 || comma > 200) throw unreadable(where, 'its data URL has no comma after the media type');
  if (url.length - comma > MOST_BYTES * 1.4) throw tooBig(where, Math.floor((url.length - comma) * 0.75));
  const body = url.slice(comma + 1);
  try {
    return /;base64$/i.test(url.slice(0, comma))
      ? Buffer.from(body, 'base64')
      : Buffer.from(decodeURIComponent(body.replace(/%(?![0-9a-f]{2})/gi, '%25')), 'latin1');
  } catch (error) {
    throw unreadable(where, 'its data URL is not well formed', error);
  }
}

async function fromAddress(url: string, where: string, access: ImageAccess): Promise<Buffer> {
  if (!access.allowRemote) {
    throw new VsrError('VSR_DATA', `${where}: an image at an http address is not fetched unless that is allowed.`, {
      hint: 'Allow it with --allow-remote-images (embedding.allow_remote_images), or bring the image as a file.',
    });
  }
  try {
    const fetch = access.publicOnly ? publicFetch() : access.fetch;
    return await download(url, { limitBytes: MOST_BYTES, fetch, signal: access.signal });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    if (error.kind === 'aborted') throw new VsrError('VSR_ABORTED', 'Interrupted.');
    throw unreadable(where, `its address gave ${error.message}`, error);
  }
}

function tooBig(where: string, bytes: number): VsrError {
  const megabytes = (size: number) => Math.ceil(size / 2 ** 20);
  return unreadable(where, `it has ${megabytes(bytes)} MB, expected at most ${megabytes(MOST_BYTES)}`);
}

function unreadable(where: string, what: string, cause?: unknown): VsrError {
  return new VsrError('VSR_DATA', `${where} cannot be read: ${what}.`, {
    hint: 'Bring it as a PNG or JPEG of ordinary size, or leave it out.',
    cause,
  });
}
