// Vectors on disk, append only. Row i of three files belongs together:
//   keys.bin     32 bytes   SHA-256 of the text
//   vectors.f32  4·D bytes  the vector, little-endian float32
//   checks.bin    4 bytes   CRC-32 of key and vector, so that a damaged row is not taken for a vector
// index.bin finds a key's row (key-index.ts). meta.json says whose vectors they are:
// {"format":"vsr.embeddings/1","id":"static","fingerprint":"sha256:…","dim":128}
import { fstatSync, ftruncateSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolders } from '../data/make-folders.js';
import { KEY_BYTES, openKeyIndex } from './key-index.js';
import { withLock } from './lock-file.js';

const CHECK_BYTES = 4;
/** Rows that may wait for their place in the index (a writer was killed, or is writing): these keys stand in memory. */
const MOST_UNCOVERED = 65_536;

export interface VectorFileIdentity {
  readonly id: string;
  readonly fingerprint: string;
  readonly dim: number;
}

export interface VectorFile {
  /** Looks what other processes have added. */
  refresh(): void;
  /** The vector under a key (32 bytes), or undefined if there is none or its row is damaged. */
  get(key: Uint8Array): Float32Array | undefined;
  /** Appends rows; false if another process is writing. Throws the system's error for a full or read-only disk. */
  append(rows: readonly (readonly [key: Uint8Array, vector: Float32Array])[]): boolean;
}

/**
 * Opens or creates the files in `directory`. Files of another encoder or without a readable meta.json are emptied: they are a
 * cache. A torn tail is cut by the next writer. `onWarning` is told of damage, a sentence each kind.
 * Throws the system's error if the directory cannot be used.
 */
export function openVectorFile(
  directory: string,
  identity: VectorFileIdentity,
  onWarning?: (sentence: string) => void,
): VectorFile {
  const vectorBytes = 4 * identity.dim;
  const widths = [KEY_BYTES, vectorBytes, CHECK_BYTES];
  makeFolders(directory);
  const files = ['keys.bin', 'vectors.f32', 'checks.bin'].map((name) => openSync(join(directory, name), 'a+'));
  const [keys, vectors, checks] = files as [number, number, number];
  const lock = join(directory, 'lock');
  const index = openKeyIndex(join(directory, 'index.bin'));
  const check = Buffer.alloc(CHECK_BYTES);
  const uncovered = new Map<string, number>();
  /** Rows seen so far, and up to which of them `uncovered` has been filled. */
  let known = 0;
  let scanned = 0;
  let toldOfDamage = false;

  if (!isOurs(directory, identity))
    withLock(lock, () => {
      if (isOurs(directory, identity)) return; // another process was quicker
      if (fstatSync(keys).size > 0) {
        onWarning?.(`The embedding cache ${directory} was damaged or of another encoder, and is begun anew.`);
      }
      for (const file of files) ftruncateSync(file, 0);
      rmSync(join(directory, 'index.bin'), { force: true });
      writeFileSync(join(directory, 'meta.json'), metaText(identity));
    });
  refresh();
  if (index.covered !== known && isOurs(directory, identity)) {
    withLock(lock, () => index.cover(keys, wholeRows()));
    refresh();
  }
  return { refresh, get, append };

  function refresh(): void {
    known = isOurs(directory, identity) ? wholeRows() : 0;
    index.refresh();
    const from = Math.max(index.covered, known - MOST_UNCOVERED);
    if (from > scanned || known < scanned) {
      uncovered.clear();
      scanned = from;
    }
    if (known <= scanned) return;
    const bytes = Buffer.alloc((known - scanned) * KEY_BYTES);
    readSync(keys, bytes, 0, bytes.length, scanned * KEY_BYTES);
    for (let at = 0; at < bytes.length; at += KEY_BYTES) {
      uncovered.set(bytes.toString('latin1', at, at + KEY_BYTES), scanned++);
    }
  }

  function get(key: Uint8Array): Float32Array | undefined {
    const recent = uncovered.size > 0 ? uncovered.get(Buffer.from(key).toString('latin1')) : undefined;
    const vector = recent === undefined ? undefined : vectorAt(recent, key);
    if (vector) return vector;
    for (const row of index.candidates(key)) {
      const found = row < known ? vectorAt(row, key) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  /** undefined for another key, or a row that is damaged. */
  function vectorAt(row: number, key: Uint8Array): Float32Array | undefined {
    const bytes = new Uint8Array(vectorBytes);
    readSync(vectors, bytes, 0, vectorBytes, row * vectorBytes);
    readSync(checks, check, 0, CHECK_BYTES, row * CHECK_BYTES);
    // The check is of key and vector: only where it fails does the key on disk say whether the row is another's or damaged.
    if (check.readUInt32LE() === checkOf(key, bytes)) return new Float32Array(bytes.buffer);
    const stored = Buffer.alloc(KEY_BYTES);
    readSync(keys, stored, 0, KEY_BYTES, row * KEY_BYTES);
    if (stored.equals(key) && !toldOfDamage) {
      onWarning?.(`The embedding cache ${directory} holds damaged rows; their texts are encoded again.`);
      toldOfDamage = true;
    }
    return undefined;
  }

  function append(rows: readonly (readonly [Uint8Array, Float32Array])[]): boolean {
    const written = withLock(lock, () => {
      if (!isOurs(directory, identity)) return;
      const before = wholeRows();
      for (const [i, file] of files.entries()) {
        if (fstatSync(file).size !== before * widths[i]!) ftruncateSync(file, before * widths[i]!);
      }
      const bytesOf = ([, vector]: (typeof rows)[number]) => Buffer.from(vector.buffer, vector.byteOffset, vectorBytes);
      const marks = Buffer.alloc(rows.length * CHECK_BYTES);
      rows.forEach((row, i) => {
        marks.writeUInt32LE(checkOf(row[0], bytesOf(row)), i * CHECK_BYTES);
      });
      writeAll(vectors, Buffer.concat(rows.map(bytesOf)));
      writeAll(checks, marks);
      writeAll(keys, Buffer.concat(rows.map(([key]) => key)));
      index.cover(keys, wholeRows());
    });
    refresh();
    return written;
  }

  function wholeRows(): number {
    return Math.min(...files.map((file, i) => Math.floor(fstatSync(file).size / widths[i]!)));
  }
}

function checkOf(key: Uint8Array, vector: Uint8Array): number {
  return crc32(vector, crc32(key));
}

const FORMAT = 'vsr.embeddings/1';

function metaText(identity: VectorFileIdentity): string {
  const { id, fingerprint, dim } = identity;
  return `${JSON.stringify({ format: FORMAT, id, fingerprint, dim })}\n`;
}

/** Under whatever name: the folder of the same model may be called otherwise, and its vectors are the same. */
function isOurs(directory: string, { fingerprint, dim }: VectorFileIdentity): boolean {
  try {
    const meta = JSON.parse(readFileSync(join(directory, 'meta.json'), 'utf8'));
    return meta.format === FORMAT && meta.fingerprint === fingerprint && meta.dim === dim;
  } catch {
    return false;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
