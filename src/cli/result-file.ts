// A result that goes to a file: written beside it and renamed at the end, so that no half of it carries the name.
import { open, rename, stat, unlink } from 'node:fs/promises';
import { VsrError } from '../errors/vsr-error.js';

export interface ResultFile {
  readonly partial: string;
  write(text: string): Promise<void>;
  /** Gives the file its name. */
  finish(): Promise<void>;
  /** Removes what was written; with `keep` it stays under its partial name. */
  giveUp(keep: boolean): Promise<void>;
}

/** Written to disk in blocks of this many characters. */
const BLOCK = 1 << 18;

/** Throws `VSR_FILE` where the file cannot be made, and later where the disk is full. */
export async function openResultFile(path: string): Promise<ResultFile> {
  const partial = `${path}.partial`;
  const named = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new VsrError('VSR_FILE', `${path} cannot be written (${(cause as Error).message}).`, {
        hint: 'Choose another --output, or make room.',
        cause,
      });
    }
  };
  await named(refuseDirectory(path));
  const file = await named(open(partial, 'w'));
  let pending = '';
  const flush = async () => {
    const text = pending;
    pending = '';
    await named(file.writeFile(text));
  };
  return {
    partial,
    async write(text) {
      pending += text;
      if (pending.length >= BLOCK) await flush();
    },
    async finish() {
      await flush();
      await named(file.close());
      await named(rename(partial, path));
    },
    async giveUp(keep) {
      if (keep) await flush().catch(() => {});
      await file.close().catch(() => {});
      if (!keep) await unlink(partial).catch(() => {});
    },
  };
}

/** A whole text at once. */
export async function writeResultFile(path: string, text: string): Promise<void> {
  const file = await openResultFile(path);
  try {
    await file.write(text);
    await file.finish();
  } catch (error) {
    await file.giveUp(false);
    throw error;
  }
}

async function refuseDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new Error('it is a directory');
}
