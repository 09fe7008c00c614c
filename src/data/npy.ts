// NumPy's .npy: magic, version, header length, a Python dictionary, then the values.
// Header: {'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }
import { VsrError } from '../errors/vsr-error.js';
import { bytesPer, type NumberFormat, type NumericArray, numericArray } from './numeric-array.js';
import { parsePythonLiteral } from './python-literal.js';
import type { StoredTensor } from './safetensors.js';

/**
 * Reads a .npy file (format 1, 2 or 3) in C order; shares memory with `bytes` where alignment, byte and axis order allow.
 * f2 arrives as float32, bool as bytes 0 and 1, i8 as BigInt. `where` names the file in errors.
 * Throws `VSR_DATA` for a pickle inside, an unknown type, or bytes that do not match the header.
 */
export function readNpy(bytes: Uint8Array, where: string): StoredTensor {
  const { format, bigEndian, fortran, shape, start } = readHeader(bytes, where);
  const expected = shape.reduce((product, size) => product * size, bytesPer(format));
  const body = bytes.subarray(start);
  if (body.length !== expected) {
    throw refused(where, `[${shape.join('×')}] takes ${expected} bytes, but ${body.length} follow the header`);
  }
  const data = numericArray(body, format, bigEndian);
  return { shape, data: fortran && shape.length > 1 ? toRowMajor(data, shape) : data };
}

interface Header {
  readonly format: NumberFormat;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly start: number;
}

const MAGIC = '\x93NUMPY';
const FORMATS: ReadonlySet<string> = new Set<NumberFormat>([
  'f2',
  'f4',
  'f8',
  'i1',
  'i2',
  'i4',
  'i8',
  'u1',
  'u2',
  'u4',
  'u8',
  'b1',
]);

function readHeader(bytes: Uint8Array, where: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = new TextDecoder('latin1');
  if (bytes.length < 12 || latin1.decode(bytes.subarray(0, 6)) !== MAGIC) throw refused(where, 'this is no .npy file');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw refused(where, `the .npy format version is ${version}; known are 1, 2 and 3`);
  const [length, from] = version === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const start = from + length;
  if (start > bytes.length) {
    throw refused(where, `its header says it is ${length} bytes long, but only ${bytes.length - from} follow`);
  }
  const text = latin1.decode(bytes.subarray(from, start));
  const { descr, fortran_order: fortran, shape } = parseHeader(text, where);
  if (typeof descr === 'string' && descr.includes('O')) {
    throw new VsrError('VSR_DATA', `${where}: the array holds Python objects (a pickle), which vsr never runs.`, {
      hint: 'Save numbers: numpy.save(path, numpy.asarray(array, dtype="float32")).',
    });
  }
  const [, order, format] = /^([<>|=])(\w+)$/.exec(String(descr)) ?? [];
  if (!order || !FORMATS.has(format!)) {
    throw refused(where, `its type is ${JSON.stringify(descr)}; known are ${[...FORMATS].join(', ')}`);
  }
  if (typeof fortran !== 'boolean') throw refused(where, 'fortran_order must be True or False');
  if (!Array.isArray(shape) || !shape.every((n): n is number => Number.isSafeInteger(n) && (n as number) >= 0)) {
    throw refused(where, `its shape is ${JSON.stringify(shape)}`);
  }
  return { format: format as NumberFormat, bigEndian: order === '>', fortran, shape, start };
}

function parseHeader(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    const header = parsePythonLiteral(text.trim());
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch (cause) {
    throw refused(where, `its header cannot be read (${(cause as Error).message})`, cause);
  }
  throw refused(where, 'its header is no dictionary');
}

/** Values stored first axis fastest, as values stored last axis fastest. */
function toRowMajor(data: NumericArray, shape: readonly number[]): NumericArray {
  const out = data.slice();
  const counter = new Array<number>(shape.length).fill(0);
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++counter[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      counter[axis] = 0;
    }
  }
  return out;
}

function refused(where: string, what: string, cause?: unknown): VsrError {
  return new VsrError('VSR_DATA', `${where}: ${what}.`, {
    hint: 'Write it again with numpy.save(path, array).',
    cause,
  });
}
