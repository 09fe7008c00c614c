// Requests as JSON lines that are outcomes: with prompts on, production data is training data. Files are rotated by size.

import { once } from 'node:events';
import { createWriteStream, existsSync, openSync, renameSync, rmSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../data/make-folders.js';
import type { OutcomeCell } from '../data/outcome.js';
import { writeGathered } from './gathered.js';

export interface LogEntry {
  readonly id: string;
  /** Left out where prompts are not kept. */
  readonly query: string;
  /** URLs of what the question shows; left out likewise. */
  readonly images?: readonly string[];
  readonly userId: string | null;
  readonly sessionId: string | null;
  /** By model: everything that was asked, failed calls included. */
  readonly outcomes: Readonly<Record<string, OutcomeCell>>;
  /** Router, reason, arm, key name … */
  readonly decision: Readonly<Record<string, unknown>>;
}

export interface RequestLog {
  write(entry: LogEntry): void;
  close(): Promise<void>;
}

export interface LogOptions {
  readonly file?: string | undefined;
  readonly prompts: boolean;
  readonly maxMb: number;
  readonly files: number;
}

/** Without a file nothing is written. @param now milliseconds since 1970 */
export function openRequestLog({ file, prompts, maxMb, files }: LogOptions, now: () => number = Date.now): RequestLog {
  if (file === undefined) return { write: () => {}, close: async () => {} };
  makeFolders(dirname(file));
  let size = existsSync(file) ? statSync(file).size : 0;
  let stream = openStream(file);
  return {
    write({ id, query, images = [], userId, sessionId, outcomes, decision }) {
      const row = {
        id,
        ...(prompts && { query, ...(images.length > 0 && { images }) }),
        ...(userId !== null && { user_id: userId }),
        ...(sessionId !== null && { session_id: sessionId }),
        outcomes,
        ts: new Date(now()).toISOString(),
        decision,
      };
      const line = `${JSON.stringify(row)}\n`;
      const bytes = Buffer.byteLength(line);
      if (size > 0 && size + bytes > maxMb * 1e6) {
        stream.end();
        rotate(file, files);
        stream = openStream(file);
        size = 0;
      }
      size += bytes;
      writeGathered(stream, line);
    },
    async close() {
      stream.end();
      if (!stream.closed) await once(stream, 'close');
    },
  };
}

/** A full disk must not end the gateway: what cannot be written is lost, the answers go on. */
function openStream(file: string): WriteStream {
  // Opened at once: what is renamed a moment later must be there.
  return createWriteStream(file, { fd: openSync(file, 'a', 0o600) }).on('error', () => {});
}

/** requests.jsonl → requests.jsonl.1 → requests.jsonl.2 … */
function rotate(file: string, files: number): void {
  rmSync(`${file}.${files}`, { force: true });
  for (let i = files - 1; i >= 1; i--) if (existsSync(`${file}.${i}`)) renameSync(`${file}.${i}`, `${file}.${i + 1}`);
  if (files > 0) renameSync(file, `${file}.1`);
  else rmSync(file, { force: true });
}
