// init: writes a commented starting project into a folder; what stands there already is left alone.
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VsrError } from '../errors/vsr-error.js';

export interface InitResult {
  readonly written: readonly string[];
  /** Files that stood there before. */
  readonly kept: readonly string[];
}

/** vsr.yaml last: it names the others. */
const FILES = ['queries.jsonl', 'models.yaml', 'vsr.yaml'];

/** Two steps up from src/pipelines/ and from dist/pipelines/. */
const STARTER = new URL('../../configs/starter/', import.meta.url);

/** Throws `VSR_FILE` where the folder cannot be written to. */
export async function init(folder: string): Promise<InitResult> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const name of FILES) {
    const isNew = await writeNew(join(folder, name), await readFile(new URL(name, STARTER)));
    (isNew ? written : kept).push(name);
  }
  return { written, kept };
}

/** false if the file is there already; a file that could not be written to its end is removed. */
async function writeNew(path: string, content: Buffer): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'ENOSPC' || code === 'EDQUOT') await unlink(path).catch(() => {});
    throw new VsrError('VSR_FILE', `${path} cannot be written (${(cause as Error).message}).`, {
      hint: 'Run vsr init in a folder that you may write to.',
      cause,
    });
  }
}
