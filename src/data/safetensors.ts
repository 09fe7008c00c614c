// safetensors: 8 bytes of header length, a JSON header, then the tensors' bytes end to end, little-endian.
// Header, one entry: {"weight": {"dtype": "F32", "shape": [4, 3], "data_offsets": [60, 108]}}
import type { ErrorCode } from '../errors/codes.js';
import { VsrError } from '../errors/vsr-error.js';
import { bytesPer, type NumberFormat, type NumericArray, numericArray } from './numeric-array.js';

export interface StoredTensor<A extends NumericArray = NumericArray> {
  readonly shape: readonly number[];
  readonly data: A;
}

export interface Safetensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** The header's `__metadata__`; empty where there is none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file; tensors share memory with `bytes` where alignment allows. F16 and BF16 arrive as
 * float32, BOOL as bytes 0 and 1, I64 and U64 as BigInt. `where` names the file in errors.
 * Throws `code` (`VSR_DATA`) unless header and bytes fit together exactly.
 */
export function readSafetensors(bytes: Uint8Array, where: string, code: ErrorCode = 'VSR_DATA'): Safetensors {
  const refuse = (what: string): VsrError =>
    new VsrError(code, `${where}: ${what}.`, {
      hint: 'The file is damaged or is no safetensors file: write it again.',
    });
  const { header, start } = readHeader(bytes, refuse);
  const body = bytes.subarray(start);
  const tensors: [string, StoredTensor][] = [];
  const ranges: (readonly [begin: number, end: number])[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = readMetadata(value, refuse);
      continue;
    }
    const { format, shape, begin, end } = readEntry(name, value, body.length, refuse);
    ranges.push([begin, end]);
    tensors.push([name, { shape, data: numericArray(body.subarray(begin, end), format) }]);
  }
  checkRanges(ranges, body.length, refuse);
  return { tensors: Object.fromEntries(tensors), metadata };
}

/** Writes F32 and I32 tensors in order of their names: the same tensors always give the same bytes. */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor<Float32Array | Int32Array>>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : [];
  const names = Object.keys(tensors).sort();
  let size = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header.push([name, { dtype, shape, data_offsets: [size, size + data.byteLength] }]);
    size += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8; // padded with spaces, so that tensors start aligned
  const out = new Uint8Array(8 + headerLength + size);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  out.set(json, 8);
  out.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const name of names) {
    const { data } = tensors[name]!;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    out.set(numericBytes(bytes), at);
    at += data.byteLength;
  }
  return out;
}

type Refuse = (what: string) => VsrError;

const FORMATS: ReadonlyMap<unknown, NumberFormat> = new Map([
  ['F16', 'f2'],
  ['BF16', 'bf2'],
  ['F32', 'f4'],
  ['F64', 'f8'],
  ['I8', 'i1'],
  ['I16', 'i2'],
  ['I32', 'i4'],
  ['I64', 'i8'],
  ['U8', 'u1'],
  ['U16', 'u2'],
  ['U32', 'u4'],
  ['U64', 'u8'],
  ['BOOL', 'b1'],
]);

/** Little-endian bytes of a four-byte array. */
function numericBytes(bytes: Uint8Array): Uint8Array {
  const little = numericArray(bytes, 'i4');
  return new Uint8Array(little.buffer, little.byteOffset, little.byteLength);
}

function readHeader(bytes: Uint8Array, refuse: Refuse): { header: object; start: number } {
  if (bytes.length < 8) throw refuse(`expected at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) {
    throw refuse(`its header says it is ${length} bytes long, but only ${bytes.length - 8} follow`);
  }
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (error) {
    throw refuse(`its header is not JSON (${(error as Error).message})`);
  }
  if (!isObject(header)) throw refuse('its header is not a JSON object');
  return { header, start };
}

function readMetadata(value: unknown, refuse: Refuse): Record<string, string> {
  if (isObject(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw refuse('__metadata__ must map names to texts');
}

interface Entry {
  readonly format: NumberFormat;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, value: unknown, available: number, refuse: Refuse): Entry {
  const where = `tensor "${name}"`;
  if (!isObject(value)) throw refuse(`${where} must be described by an object`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  const format = FORMATS.get(dtype);
  if (!format) throw refuse(`${where} has dtype ${JSON.stringify(dtype)}; known are ${[...FORMATS.keys()].join(', ')}`);
  if (!isCounts(shape)) throw refuse(`${where} has the shape ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) throw refuse(`${where} has the offsets ${JSON.stringify(offsets)}`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > available) throw refuse(`${where} lies at bytes ${begin} to ${end} of ${available}`);
  const expected = shape.reduce((product, size) => product * size, bytesPer(format));
  if (expected !== end - begin) {
    throw refuse(
      `${where}, ${dtype} [${shape.join('×')}], takes ${expected} bytes, but its offsets span ${end - begin}`,
    );
  }
  return { format, shape, begin, end };
}

/** Tensors fill the body without gap or overlap: the format says so, and a slip in an offset cannot pass as other numbers. */
function checkRanges(ranges: readonly (readonly [number, number])[], available: number, refuse: Refuse): void {
  let at = 0;
  for (const [begin, end] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (begin !== at) throw refuse(`a tensor starts at byte ${begin}, where byte ${at} was expected`);
    at = end;
  }
  if (at !== available) throw refuse(`its tensors take ${at} bytes, but ${available} follow the header`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
