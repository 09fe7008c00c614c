// Images of a query, in every form data files hold them, as servers take them: data: URLs or bare Base64.
import { readFile } from 'node:fs/promises';
import { ProviderFailure } from './provider.js';

/** https and data: URLs stay; paths are read and Base64 is wrapped. Throws `ProviderFailure` bad_request, naming the image. */
export async function imageUrls(images: readonly string[]): Promise<string[]> {
  return Promise.all(images.map((image) => (/^(https?|data):/i.test(image) ? image : dataUrl(image))));
}

/** Base64 without a prefix. Throws `ProviderFailure` bad_request for a URL: such a server fetches nothing. */
export async function imageBytes(images: readonly string[]): Promise<string[]> {
  return (await imageUrls(images)).map((url) => {
    const match = /^data:[^,]*;base64,(.*)$/is.exec(url);
    if (match) return match[1]!;
    throw unusable(url, 'this server takes images as bytes only; store the file and name its path');
  });
}

async function dataUrl(image: string): Promise<string> {
  const bytes = isBase64(image) ? Buffer.from(image, 'base64') : await bytesOf(image);
  const type = typeOf(bytes);
  if (type === undefined) throw unusable(image, 'neither PNG, JPEG, GIF nor WebP');
  return `data:${type};base64,${bytes.toString('base64')}`;
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw unusable(path, missing ? 'there is no such file' : 'it cannot be read');
  }
}

/** Long, and nothing but Base64's own characters: no path is that. */
function isBase64(text: string): boolean {
  return (
    text.length >= 64 && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text) && typeOf(Buffer.from(text, 'base64')) !== undefined
  );
}

/** By the first bytes of the file. */
function typeOf(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('GIF8')) return 'image/gif';
  return start.startsWith('RIFF') && start.endsWith('WEBP') ? 'image/webp' : undefined;
}

function unusable(image: string, why: string): ProviderFailure {
  const shown = image.length > 80 ? `${image.slice(0, 80)}…` : image;
  return new ProviderFailure('bad_request', `The image ${shown} cannot be sent: ${why}.`, 0);
}
