// Opens data files and turns what can go wrong with a path into one sentence.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { VsrError } from '../errors/vsr-error.js';

/** The path, for reading in chunks. Throws VSR_FILE if it is missing, a directory or not readable. */
export async function openForReading(path: string): Promise<AsyncIterable<Buffer>> {
  await refuseUnreadable(path);
  return chunksOf(path);
}

/** The whole file. Throws VSR_FILE if it is missing, a directory or not readable. */
export async function readWholeFile(path: string): Promise<Buffer> {
  await refuseUnreadable(path);
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** A JSON file; its text may start with a BOM. Throws VSR_FILE, or VSR_DATA if it is empty or not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = (await readWholeFile(path)).toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') throw new VsrError('VSR_DATA', `${path} is empty: expected JSON.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VsrError(
      'VSR_DATA',
      `${path}: expected JSON, got broken text (${(error as Error).message.replace(/\s+/g, ' ')}).`,
      {
        hint: 'Correct the file; a cut-off end usually means that its writer was interrupted.',
        cause: error,
      },
    );
  }
}

/** A system error about a path as a sentence. */
export function fileError(path: string, error: unknown): VsrError {
  const code = (error as NodeJS.ErrnoException).code;
  const sentence: Record<string, [string, string]> = {
    ENOENT: [`${path} does not exist.`, 'Check the spelling and the folder you are in.'],
    EISDIR: [`${path} is a directory, expected a file.`, 'Name the file inside it.'],
    ENOTDIR: [`${path}: a part of this path is a file, not a directory.`, 'Check the path.'],
    EACCES: [`${path} cannot be read: no permission.`, 'Change its permissions or run as its owner.'],
    EPERM: [`${path} cannot be read: no permission.`, 'Change its permissions or run as its owner.'],
  };
  const [message, hint] = sentence[code ?? ''] ?? [`${path} cannot be read: ${(error as Error).message}.`, undefined];
  return new VsrError('VSR_FILE', message, hint === undefined ? { cause: error } : { hint, cause: error });
}

async function refuseUnreadable(path: string): Promise<void> {
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(path);
  } catch (error) {
    throw fileError(path, error);
  }
  if (found.isDirectory()) throw fileError(path, Object.assign(new Error('directory'), { code: 'EISDIR' }));
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw fileError(path, error);
  }
}
