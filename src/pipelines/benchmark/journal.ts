// Every finished call, appended before the next one starts: {"key":"3f…","id":"9f…","model":"a","cell":{…},"response":{"text":"B","finishReason":"stop"}}
import { closeSync, createReadStream, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
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
  /** Absent: 0, the first time it was asked. */
  readonly repeat?: number;
  readonly cell: OutcomeCell;
  /** Absent where the call failed, or where answers are not to be stored. */
  readonly response?: { readonly text: string; readonly finishReason: FinishReason };
  readonly judge?: JudgeUse;
}

/** What the verdict on one answer took. */
export interface JudgeUse {
  /** Alias. */
  readonly model: string;
  /** Hash of the prompt. */
  readonly prompt: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null = unknown. */
  readonly cost: number | null;
}

/** A finished call without its answer, which stays in the file: a million of them fit into memory. */
export interface KeptCall extends Omit<JournalEntry, 'response'> {
  /** Where its line stands in the journal, in bytes. */
  readonly at: number;
  readonly length: number;
  readonly hasText: boolean;
}

export interface StoredJournal {
  /** The last entry of each key. */
  readonly entries: ReadonlyMap<string, KeptCall>;
  /** Bytes up to the end of the last whole line; what follows was torn off by a crash. */
  readonly length: number;
}

/**
 * What earlier runs wrote; nothing if there is no file. A last line without its end is left out.
 * Throws `VSR_FILE`, or `VSR_DATA` with the line for one that is whole but no entry.
 */
export async function readJournal(path: string): Promise<StoredJournal> {
  const entries = new Map<string, KeptCall>();
  if (!existsSync(path)) return { entries, length: 0 };
  const once = sharedTexts();
  let at = 0;
  let line = 0;
  let rest: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(0x0a) + 1;
      if (end > 0) {
        const block = rest.length > 0 ? Buffer.concat([...rest, chunk.subarray(0, end)]) : chunk.subarray(0, end);
        // What a power cut leaves of a page are zeros: such lines are read to their last byte.
        const isSound = !block.includes(0);
        for (let start = 0; start < block.length; ) {
          const stop = block.indexOf(0x0a, start);
          line++;
          const entry =
            (isSound && entryWithoutText(block, start, stop)) ||
            parseEntry(block, start, stop, () => `${path}:${line}`);
          if (entry) {
            const kept = keptCall(entry, at + start, stop + 1 - start, once);
            entries.set(kept.key, kept);
          }
          start = stop + 1;
        }
        at += block.length;
        rest = [];
      }
      if (end < chunk.length) rest.push(chunk.subarray(end));
    }
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw new VsrError('VSR_FILE', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return { entries, length: at };
}

export interface JournalAnswers {
  /** The answer of a call, or undefined where none is stored. */
  response(kept: KeptCall): JournalEntry['response'];
  close(): void;
}

/** Reads answers back from the places that `readJournal` and `append` gave. Throws `VSR_FILE`. */
export function openAnswers(path: string): JournalAnswers {
  let file: number;
  let whole: Buffer | undefined;
  try {
    file = openSync(path, 'r');
    if (fstatSync(file).size <= LARGEST_WHOLE) whole = readFileSync(file);
  } catch (error) {
    throw new VsrError('VSR_FILE', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return {
    response({ at, length, hasText }) {
      if (!hasText) return undefined;
      let line = whole?.subarray(at, at + length);
      if (!line) {
        line = Buffer.allocUnsafe(length);
        readSync(file, line, 0, length, at);
      }
      return (parseEntry(line, 0, line.length, () => `${path}, byte ${at}`) as JournalEntry).response;
    },
    close: () => closeSync(file),
  };
}

/** Up to here one read is cheaper than one a line. */
const LARGEST_WHOLE = 1 << 26;

export interface Journal {
  /** Resolves when the line is written, and, where the journal is `durable`, on the disk. Lines that wait share one write. */
  append(entry: JournalEntry): Promise<KeptCall>;
  close(): Promise<void>;
}

/**
 * Opens the journal for appending after its first `length` bytes; what follows them is cut off. `durable`: each write is
 * flushed to the disk itself, so that paid answers survive a power cut; without, they survive the end of this process.
 * `append` and this function throw `VSR_FILE` where it cannot be written; after that nothing more is appended.
 */
export async function openJournal(path: string, length: number, durable: boolean): Promise<Journal> {
  const file = await openAt(path, length);
  let end = length;
  let waiting: { line: Buffer; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;
  let failure: unknown;
  const writeAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (failure) throw failure;
        await writeWhole(file, Buffer.concat(batch.map(({ line }) => line)));
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
        const line = Buffer.from(`${JSON.stringify(entry)}\n`);
        const kept = keptCall(entry, end, line.length);
        end += line.length;
        waiting.push({ line, resolve: () => resolve(kept), reject });
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

function keptCall(
  { key, id, model, repeat, cell, response, judge }: JournalEntry,
  at: number,
  length: number,
  once: (text: string) => string = (text) => text,
): KeptCall {
  const kept = { key, id: once(id), model: once(model), cell, at, length, hasText: response !== undefined };
  return repeat === undefined && !judge
    ? kept
    : { ...kept, ...(repeat !== undefined && { repeat }), ...(judge && { judge }) };
}

/**
 * The entry of a line that ends in an answer as `append` writes it: the answer, most of the line, is not parsed. In JSON no
 * quote inside a text stands without its backslash, so the marks are found nowhere else. undefined for every other line.
 */
function entryWithoutText(block: Buffer, start: number, stop: number): JournalEntry | undefined {
  if (block[stop - 1] !== CLOSE || block[stop - 2] !== CLOSE || block[stop - 3] !== QUOTE) return undefined;
  const line = block.subarray(start, stop);
  const answer = line.indexOf(ANSWER);
  if (answer < 0 || line.lastIndexOf(FINISH) < answer) return undefined;
  const { key, id, model, repeat, cell } = entryIn(`${line.toString('utf8', 0, answer)}}`) ?? {};
  if (key === undefined) return undefined;
  return { key, id: id!, model: model!, ...(repeat !== undefined && { repeat }), cell: cell!, response: NO_TEXT };
}

const [QUOTE, CLOSE] = [0x22, 0x7d];
const ANSWER = Buffer.from(',"response":{"text":"');
const FINISH = Buffer.from('","finishReason":"');
const NO_TEXT = { text: '', finishReason: 'unknown' } as const;

/** Equal texts as one text: ids and models stand in the file again and again. */
function sharedTexts(): (text: string) => string {
  const texts = new Map<string, string>();
  return (text) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, text);
    return text;
  };
}

/** undefined for a blank line. Throws `VSR_DATA`. */
function parseEntry(block: Buffer, start: number, stop: number, where: () => string): JournalEntry | undefined {
  const text = block.toString('utf8', start, stop);
  if (text.trim() === '') return undefined;
  const entry = entryIn(text);
  if (entry) return entry;
  throw new VsrError('VSR_DATA', `${where()}: expected a finished call {key, id, model, cell}, got something else.`, {
    hint: 'Delete the line, or start over with --fresh.',
  });
}

function entryIn(text: string): JournalEntry | undefined {
  let value: Partial<JournalEntry> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { key, id, model, cell } = value ?? {};
  const named = typeof key === 'string' && typeof id === 'string' && typeof model === 'string';
  return named && KNOWN_STATUSES.has(cell?.status) ? (value as JournalEntry) : undefined;
}

const KNOWN_STATUSES: ReadonlySet<unknown> = new Set(STATUSES);
