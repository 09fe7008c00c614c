// Lines for a file, gathered for a moment: one write for all that came within it takes less than one for each.
import type { Writable } from 'node:stream';

const MOMENT_MS = 20;

/** Ending the stream writes what is gathered at once. */
export function writeGathered(stream: Writable, line: Buffer | string): void {
  if (stream.writableCorked === 0) {
    stream.cork();
    setTimeout(() => stream.uncork(), MOMENT_MS);
  }
  stream.write(line);
}
