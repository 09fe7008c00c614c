// Appends a line to a file for good: once the call returns it is on disk, and a crash before leaves half a line at most.
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { writeError } from './atomic-write.js';

/** Half a line that a crash left is ended first, so that readers can pass over it. Throws `VSR_FILE`. */
export function appendLine(path: string, text: string): void {
  try {
    const file = openSync(path, 'a+');
    try {
      // One write in append mode: two writers' lines stand one after the other.
      const line = Buffer.from(`${endsOpen(file) ? '\n' : ''}${text}\n`);
      for (let written = 0; written < line.length; ) written += writeSync(file, line, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw writeError(path, error);
  }
}

function endsOpen(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}
