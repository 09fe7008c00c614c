// Vectors on disk, append only. Row i of three files belongs together:
//   keys.bin     32 bytes   SHA-256 of the text
//   vectors.f32  4·D bytes  the vector, little-endian float32
//   checks.bin    4 bytes   CRC-32 of key and vector, so that a damaged row is not taken for a vector
// meta.json says whose vectors they are: {"format":"vsr.embeddings/1","id":"static","fingerprint":"sha256:…","dim":128}
import {
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { withLock } from './lock-file.js';

const KEY_BYTES = 32;
const CHECK_BYTES = 4;

export interface VectorFileIdentity {
  readonly id: string;
  readonly fingerprint: string;
  readonly dim: number;
}

export interface VectorFile {
  /** The vector under a key (32 bytes as latin-1 text), or undefined if there is none or its row is damaged. */
  get(key: string): Float32Array | undefined;
  /** Appends rows; false if another process is writing. Throws the system's error for a full or read-only disk. */
  append(rows: readonly (readonly [key: string, vector: Float32Array])[]): boolean;
}

/**
 * Opens or creates the files in `directory`. Files of another encoder or without a readable meta.json are emptied: they are a
 * cache. A torn tail is cut by the next writer. Throws the system's error if the directory cannot be used.
 */
export function openVectorFile(directory: string, identity: VectorFileIdentity): VectorFile {
  const vectorBytes = 4 * identity.dim;
  const widths = [KEY_BYTES, vectorBytes, CHECK_BYTES];
  mkdirSync(directory, { recursive: true });
  const files = ['keys.bin', 'vectors.f32', 'checks.bin'].map((name) => openSync(join(directory, name), 'a+'));
  const [keys, vectors, checks] = files as [number, number, number];
  const lock = join(directory, 'lock');
  const rowOfKey = new Map<string, number>();
  let known = 0;

  if (!isOurs(directory, identity))
    withLock(lock, () => {
      if (isOurs(directory, identity)) return; // another process was quicker
      for (const file of files) ftruncateSync(file, 0);
      writeFileSync(join(directory, 'meta.json'), metaText(identity));
    });
  if (isOurs(directory, identity)) learnKeys();
  return { get, append };

  function get(key: string): Float32Array | undefined {
    const row = rowOfKey.get(key);
    if (row === undefined) return undefined;
    const bytes = new Uint8Array(vectorBytes);
    const check = new Uint8Array(CHECK_BYTES);
    readSync(vectors, bytes, 0, vectorBytes, row * vectorBytes);
    readSync(checks, check, 0, CHECK_BYTES, row * CHECK_BYTES);
    if (new DataView(check.buffer).getUint32(0, true) === checkOf(key, bytes)) return new Float32Array(bytes.buffer);
    rowOfKey.delete(key);
    return undefined;
  }

  function append(rows: readonly (readonly [string, Float32Array])[]): boolean {
    return withLock(lock, () => {
      if (!isOurs(directory, identity)) return;
      learnKeys();
      for (const [i, file] of files.entries()) ftruncateSync(file, known * widths[i]!);
      const bytesOf = ([, vector]: (typeof rows)[number]) => Buffer.from(vector.buffer, vector.byteOffset, vectorBytes);
      const marks = Buffer.alloc(rows.length * CHECK_BYTES);
      rows.forEach((row, i) => {
        marks.writeUInt32LE(checkOf(row[0], bytesOf(row)), i * CHECK_BYTES);
      });
      writeAll(vectors, Buffer.concat(rows.map(bytesOf)));
      writeAll(checks, marks);
      writeAll(keys, Buffer.from(rows.map(([key]) => key).join(''), 'latin1'));
      learnKeys();
    });
  }

  /** Indexes the whole rows that have come since the last look; a later row of a key wins. */
  function learnKeys(): void {
    const rows = Math.min(...files.map((file, i) => Math.floor(fstatSync(file).size / widths[i]!)));
    known = Math.min(known, rows); // fewer only if the files were emptied; stale rows then fail their check
    if (rows === known) return;
    const bytes = Buffer.alloc((rows - known) * KEY_BYTES);
    readSync(keys, bytes, 0, bytes.length, known * KEY_BYTES);
    const text = bytes.toString('latin1');
    for (let at = 0; known < rows; at += KEY_BYTES) rowOfKey.set(text.slice(at, at + KEY_BYTES), known++);
  }
}

function checkOf(key: string, vector: Uint8Array): number {
  return crc32(vector, crc32(Buffer.from(key, 'latin1')));
}

function metaText(identity: VectorFileIdentity): string {
  const { id, fingerprint, dim } = identity;
  return `${JSON.stringify({ format: 'vsr.embeddings/1', id, fingerprint, dim })}\n`;
}

function isOurs(directory: string, identity: VectorFileIdentity): boolean {
  try {
    return readFileSync(join(directory, 'meta.json'), 'utf8') === metaText(identity);
  } catch {
    return false;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
