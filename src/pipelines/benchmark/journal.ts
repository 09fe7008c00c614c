// Every finished call, appended before the next one starts: {"key":"3f…","id":"9f…","model":"a","cell":{…},"response":{"text":"B","finishReason":"stop"}}
import { createReadStream, existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { writeError } from '../../artifacts/atomic-write.js';
import { type OutcomeCell, STATUSES } from '../../data/outcome.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { FinishReason } from '../../providers/provider.js';

export interface JournalEntry {
  /** Everything that shapes the answer, hashed. */
  readonly key: string;
  readonly id: string;
  readonly model: string;
  readonly cell: OutcomeCell;
  /** Absent where the call failed. */
  readonly response?: { readonly text: string; readonly finishReason: FinishReason };
}

export interface StoredJournal {
  /** The last entry of each key. */
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** Bytes up to the end of the last whole line; what follows was torn off by a crash. */
  readonly length: number;
}

/**
 * What earlier runs wrote; nothing if there is no file. A last line without its end is left out.
 * Throws `VSR_FILE`, or `VSR_DATA` with the line for one that is whole but no entry.
 */
export async function readJournal(path: string): Promise<StoredJournal> {
  const entries = new Map<string, JournalEntry>();
  if (!existsSync(path)) return { entries, length: 0 };
  let length = 0;
  let line = 0;
  let rest: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(0x0a) + 1;
      if (end > 0) {
        const block = Buffer.concat([...rest, chunk.subarray(0, end)]);
        length += block.length;
        for (const text of block.toString('utf8').split('\n').slice(0, -1)) {
          line++;
          if (text.trim() === '') continue;
          const entry = parseEntry(text, `${path}:${line}`);
          entries.set(entry.key, entry);
        }
        rest = [];
      }
      rest.push(chunk.subarray(end));
    }
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw new VsrError('VSR_FILE', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return { entries, length };
}

export interface Journal {
  /** Resolves when the line is written, and, where the journal is `durable`, on the disk. Lines that wait share one write. */
  append(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the journal for appending after its first `length` bytes; what follows them is cut off. `durable`: each write is
 * flushed to the disk itself, so that paid answers survive a power cut; without, they survive the end of this process.
 * `append` and this function throw `VSR_FILE` where it cannot be written; after that nothing more is appended.
 */
export async function openJournal(path: string, length: number, durable: boolean): Promise<Journal> {
  const file = await openAt(path, length);
  let waiting: { line: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;
  let failure: unknown;
  const writeAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (failure) throw failure;
        await writeWhole(file, Buffer.from(batch.map(({ line }) => line).join('')));
        if (durable) await file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        failure ??= writeError(path, error);
        for (const { reject } of batch) reject(failure);
      }
    }
    writing = undefined;
  };
  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject });
        // Calls that finish in the same turn go into the same write.
        writing ??= Promise.resolve().then(writeAll);
      }),
    async close() {
      await writing;
      await file.close();
    },
  };
}

async function openAt(path: string, length: number): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a');
    await file.truncate(length);
    return file;
  } catch (error) {
    await file?.close();
    throw writeError(path, error);
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
}

function parseEntry(text: string, where: string): JournalEntry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { key, id, model, cell } = (value ?? {}) as Partial<JournalEntry>;
  const whole =
    [key, id, model].every((part) => typeof part === 'string') && STATUSES.some((status) => status === cell?.status);
  if (whole) return value as JournalEntry;
  throw new VsrError('VSR_DATA', `${where}: expected a finished call {key, id, model, cell}, got something else.`, {
    hint: 'Delete the line, or start over with --fresh.',
  });
}
