// Where each key's row is, as a hash table on disk that is read by position: memory does not grow with the cache.
//   header 16 bytes: "vsr.idx1", capacity (u32), rows covered (u32); then slots of 8 bytes: tag of the key (u32), row + 1 (u32; 0 = empty)
// A key's segment and first slot follow from its own bytes (it is a SHA-256); probing goes on within the segment. Everything here
// follows from keys.bin: a table that is damaged, behind or gone is built again, and a wrong row shows because its key differs.
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

export const KEY_BYTES = 32;
const HEADER_BYTES = 16;
const SLOT_BYTES = 8;
const MAGIC = 'vsr.idx1';
const SMALLEST = 1024;
const SEGMENT_SLOTS = 2 ** 16;
/** Slots that stand in memory while a table is built: 8 MB. */
const PART_SLOTS = 2 ** 20;
/** Slots read at a time. */
const LOOK = 16;
const KEYS_READ = 8192;

export interface KeyIndex {
  /** How many rows of keys.bin it knows, as of the last `refresh`. */
  readonly covered: number;
  /** Looks whether another process has added to the table, or put a new one in its place. */
  refresh(): void;
  /** Rows that may hold the key, to be compared. */
  candidates(key: Uint8Array): Generator<number>;
  /** Adds the rows from `covered` on; only under the lock. Builds a larger table where it would be more than half full. */
  cover(keysFile: number, rows: number): void;
}

/** Nothing is written before `cover`. */
export function openKeyIndex(path: string): KeyIndex {
  let file: number | undefined;
  let capacity = 0;
  let covered = 0;
  const refresh = () => {
    if (file !== undefined && !isSameFile(path, file)) {
      closeSync(file);
      file = undefined;
    }
    file ??= openOrNot(path);
    const header = file === undefined ? undefined : readHeader(file);
    [capacity, covered] = [header?.capacity ?? 0, header?.covered ?? 0];
  };
  function* candidates(key: Uint8Array): Generator<number> {
    if (file === undefined || capacity === 0) return;
    for (const { tag, row } of probe(file, capacity, key)) {
      if (row === 0) return;
      if (tag === tagOf(key)) yield row - 1;
    }
  }
  return {
    get covered() {
      return covered;
    },
    refresh,
    candidates,
    cover: (keysFile, rows) => {
      refresh();
      if (covered > rows || 2 * rows > capacity) {
        build(path, keysFile, rows, Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(4 * rows))));
        return refresh();
      }
      const writable = openSync(path, 'r+');
      try {
        for (const { key, row } of keysOf(keysFile, covered, rows)) insert(writable, capacity, key, row);
        const mark = Buffer.alloc(4);
        mark.writeUInt32LE(rows);
        writeSync(writable, mark, 0, 4, 12);
      } finally {
        closeSync(writable);
      }
      refresh();
    },
  };
}

interface Slot {
  readonly at: number;
  readonly tag: number;
  /** Row + 1. */
  readonly row: number;
}

/** The slots of a key's segment from its first one on, each once. */
function* probe(file: number, capacity: number, key: Uint8Array): Generator<Slot> {
  const size = Math.min(capacity, SEGMENT_SLOTS);
  const { segment, start } = placeOf(key, capacity);
  const bytes = Buffer.allocUnsafe(LOOK * SLOT_BYTES);
  for (let seen = 0; seen < size; ) {
    const from = (start + seen) % size;
    const slots = Math.min(LOOK, size - from, size - seen);
    const at = HEADER_BYTES + (segment * size + from) * SLOT_BYTES;
    if (readSync(file, bytes, 0, slots * SLOT_BYTES, at) < slots * SLOT_BYTES) return;
    for (let i = 0; i < slots; i++) {
      yield {
        at: at + i * SLOT_BYTES,
        tag: bytes.readUInt32LE(i * SLOT_BYTES),
        row: bytes.readUInt32LE(i * SLOT_BYTES + 4),
      };
    }
    seen += slots;
  }
}

/** A row that stands already (its writer was killed before it said so) is left. */
function insert(file: number, capacity: number, key: Uint8Array, row: number): void {
  for (const slot of probe(file, capacity, key)) {
    if (slot.row === row + 1 && slot.tag === tagOf(key)) return;
    if (slot.row !== 0) continue;
    const bytes = Buffer.alloc(SLOT_BYTES);
    bytes.writeUInt32LE(tagOf(key));
    bytes.writeUInt32LE(row + 1, 4);
    writeSync(file, bytes, 0, SLOT_BYTES, slot.at);
    return;
  }
}

/** Part by part beside the old table, then renamed over it: readers see one or the other. */
function build(path: string, keysFile: number, rows: number, capacity: number): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const size = Math.min(capacity, SEGMENT_SLOTS);
  const part = Math.min(capacity, PART_SLOTS);
  try {
    const file = openSync(temporary, 'w');
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      header.write(MAGIC, 'latin1');
      header.writeUInt32LE(capacity, 8);
      header.writeUInt32LE(rows, 12);
      writeAll(file, header);
      for (let first = 0; first < capacity; first += part) {
        const slots = new Uint32Array(2 * part);
        for (const { key, row } of keysOf(keysFile, 0, rows)) {
          const { segment, start } = placeOf(key, capacity);
          const base = segment * size - first;
          if (base < 0 || base >= part) continue;
          let slot = start;
          while (slots[2 * (base + slot) + 1] !== 0) slot = (slot + 1) % size;
          slots[2 * (base + slot)] = tagOf(key);
          slots[2 * (base + slot) + 1] = row + 1;
        }
        writeAll(file, littleEndian(slots));
      }
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Keys of the rows from `first` to `end`, read in blocks; each is valid until the next. */
function* keysOf(file: number, first: number, end: number): Generator<{ key: Uint8Array; row: number }> {
  const block = Buffer.alloc(Math.min(KEYS_READ, Math.max(1, end - first)) * KEY_BYTES);
  for (let row = first; row < end; ) {
    const count = Math.min(KEYS_READ, end - row);
    const got = readSync(file, block, 0, count * KEY_BYTES, row * KEY_BYTES);
    if (got < KEY_BYTES) return;
    for (let i = 0; i < Math.floor(got / KEY_BYTES); i++, row++) {
      yield { key: block.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES), row };
    }
  }
}

function placeOf(key: Uint8Array, capacity: number): { segment: number; start: number } {
  const size = Math.min(capacity, SEGMENT_SLOTS);
  return { segment: wordOf(key, 0) % (capacity / size), start: wordOf(key, 4) % size };
}

function tagOf(key: Uint8Array): number {
  return wordOf(key, 8);
}

function wordOf(key: Uint8Array, at: number): number {
  return (key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24)) >>> 0;
}

/** undefined for anything that is not a whole table. */
function readHeader(file: number): { capacity: number; covered: number } | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return undefined;
  const capacity = header.readUInt32LE(8);
  const whole = capacity >= SMALLEST && Number.isInteger(Math.log2(capacity));
  if (header.toString('latin1', 0, 8) !== MAGIC || !whole) return undefined;
  if (fstatSync(file).size !== HEADER_BYTES + capacity * SLOT_BYTES) return undefined;
  return { capacity, covered: header.readUInt32LE(12) };
}

function openOrNot(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

function isSameFile(path: string, file: number): boolean {
  try {
    const [there, here] = [statSync(path), fstatSync(file)];
    return there.ino === here.ino && there.dev === here.dev;
  } catch {
    return false;
  }
}

function littleEndian(words: Uint32Array): Uint8Array {
  const bytes = Buffer.from(words.buffer);
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? bytes : bytes.swap32();
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
