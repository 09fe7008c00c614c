// Writes a file whole or not at all: a temporary file beside it, flushed to disk, then renamed over it.
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { VsrError } from '../errors/vsr-error.js';

type Piece = string | Uint8Array;

/**
 * Readers see the old file or the new one, never a part; a link stays a link and permissions are kept. Pieces are written
 * one after another, so a large file need not stand in memory as one text.
 * Throws `VSR_FILE` where it cannot be written; then the old file is untouched and nothing is left behind.
 */
export function writeFileAtomically(path: string, content: Piece | Iterable<Piece>): void {
  const { target, mode } = resolveTarget(path);
  const temporary = temporaryName(target, process.pid);
  try {
    const file = openSync(temporary, 'w', mode);
    try {
      if (mode !== undefined) fchmodSync(file, mode);
      for (const piece of typeof content === 'string' || content instanceof Uint8Array ? [content] : content) {
        writeWhole(file, piece);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error instanceof VsrError ? error : writeError(path, error);
  }
}

/** Where a process keeps the unfinished file; one that was killed leaves it behind. */
export function temporaryName(path: string, pid: number): string {
  return `${path}.${pid}.tmp`;
}

/** A failed write as a sentence; anything but a system error stays what it is. */
export function writeError(path: string, error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined || (error as NodeJS.ErrnoException).syscall === undefined) return error;
  const [what, hint] = REASONS[code] ?? [(error as Error).message, 'Choose another place for the output.'];
  return new VsrError('VSR_FILE', `${path} cannot be written: ${what}.`, { hint, cause: error });
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or choose another place for the output.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or choose another place for the output.'],
  EFBIG: ['the file would be larger than the system allows', 'Raise the limit (ulimit -f), or choose another disk.'],
  EROFS: ['the file system is read-only', 'Choose another place for the output.'],
  EACCES: ['no permission', 'Change the permissions of its folder, or choose another place for the output.'],
  EPERM: ['no permission', 'Change the permissions of its folder, or choose another place for the output.'],
  ENOENT: ['its folder does not exist', 'Make the folder first, or choose another place for the output.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Choose another place for the output.'],
  EISDIR: ['it is a directory', 'Name a file inside it.'],
};

/** Past links, to what will be replaced; only a regular file may be. */
function resolveTarget(path: string): { target: string; mode: number | undefined } {
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw Object.assign(new Error('directory'), { code: 'EISDIR', syscall: 'open' });
    if (!found.isFile()) {
      throw new VsrError('VSR_FILE', `${path} cannot be written: it is a device or a pipe, expected a file.`, {
        hint: 'Choose another place for the output.',
      });
    }
    return { target: realpathSync(path), mode: found.mode & 0o777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { target: path, mode: undefined };
    throw writeError(path, error);
  }
}

function writeWhole(file: number, piece: Piece): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
