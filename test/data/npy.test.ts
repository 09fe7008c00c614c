import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNpy } from '../../src/data/npy.js';
import { VsrError } from '../../src/errors/vsr-error.js';
import { hasShared, SHARED } from '../shared-folder.js';

/** A version 1 file with this header and these bytes behind it. */
function file(header: string, body: Uint8Array, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, Buffer.from(header), body]);
}

const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('readNpy', () => {
  test('reads values in C order', () => {
    const bytes = file(header('<f4', '(2, 3)'), floats(1, 2, 3, 4, 5, 6));
    expect(readNpy(bytes, 'x')).toEqual({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  });
  test('turns Fortran order into C order: value [i, j, k] lies at i + 2j + 6k', () => {
    const stored = Float32Array.from({ length: 12 }, (_, at) => at);
    const expected: number[] = [];
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 2; k++) expected.push(i + 2 * j + 6 * k);
    const bytes = file(header('<f4', '(2, 3, 2)', 'True'), new Uint8Array(stored.buffer), 2);
    expect(readNpy(bytes, 'x')).toEqual({ shape: [2, 3, 2], data: Float32Array.from(expected) });
  });
  test('reads big-endian values and leaves the bytes it was given alone', () => {
    const bytes = file(header('>i2', '(2,)'), Uint8Array.of(1, 2, 255, 254));
    const before = Buffer.from(bytes);
    expect(readNpy(bytes, 'x')).toEqual({ shape: [2], data: Int16Array.of(258, -2) });
    expect(bytes.equals(before)).toBe(true);
  });
  test('widens half floats: subnormal, largest, infinite, not a number', () => {
    const halves = Uint16Array.of(0x0001, 0x7bff, 0xfc00, 0x7e00, 0x3555);
    const bytes = file(header('<f2', '(5,)'), new Uint8Array(halves.buffer));
    const expected = Float32Array.of(2 ** -24, 65504, Number.NEGATIVE_INFINITY, Number.NaN, 0.333251953125);
    expect(readNpy(bytes, 'x').data).toEqual(expected);
  });
  test.each([
    [Buffer.from('PK\x03\x04 a zip archive'), 'x: this is no .npy file.'],
    [file(header('<f4', '(1,)'), floats(1), 9), 'x: the .npy format version is 9; known are 1, 2 and 3.'],
    [file(header('<f4', '(3,)'), floats(1, 2)), 'x: [3] takes 12 bytes, but 8 follow the header.'],
    [file(header('<f4', '(1,)'), floats(1, 2)), 'x: [1] takes 4 bytes, but 8 follow the header.'],
    [file(header('<f4', '(-1,)'), floats(1)), 'x: its shape is [-1].'],
    [file(header('<f4', '4'), floats(1)), 'x: its shape is 4.'],
    [file(header('<f4', '(1,)', '0'), floats(1)), 'x: fortran_order must be True or False.'],
    [file(header('<c8', '(1,)'), floats(1, 2)), /^x: its type is "<c8"; known are f2, /],
    [file("[('a', 1)]", floats(1)), 'x: its header is no dictionary.'],
    [file('{__import__}', floats(1)), /^x: its header cannot be read /],
    [file(header('|O', '(1,)'), floats(1)), 'x: the array holds Python objects (a pickle), which vsr never runs.'],
    [
      Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.of(255, 255, 0, 0)]),
      /65535 bytes long, but only 2/,
    ],
  ])('refuses what it cannot read with a sentence (%#)', (bytes, message) => {
    expect(() => readNpy(bytes, 'x')).toThrow(VsrError);
    expect(() => readNpy(bytes, 'x')).toThrow(message);
  });
  test('never throws anything but a VsrError, whatever byte is changed', () => {
    const good = file(header('<f4', '(2, 3)', 'True'), floats(1, 2, 3, 4, 5, 6));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          try {
            readNpy(bytes, 'x');
          } catch (error) {
            expect(error).toBeInstanceOf(VsrError);
          }
        },
      ),
      { numRuns: 500, seed: 2 },
    );
  });
});

describe.skipIf(!hasShared)('files that numpy wrote (skipped where ../shared is absent)', () => {
  interface Stored {
    readonly shape: number[];
    readonly values_in_c_order: (number | string | boolean)[];
  }
  const folder = join(SHARED, 'fixtures/formats');
  const expected: Record<string, Stored | { refuse: string }> = hasShared
    ? JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')).npy
    : {};
  const isRead = (entry: [string, Stored | { refuse: string }]): entry is [string, Stored] => !('refuse' in entry[1]);

  test.each(Object.entries(expected).filter(isRead))('%s holds the values it was written with', (name, wanted) => {
    const { shape, data } = readNpy(readFileSync(join(folder, name)), name);
    const values = Array.from<number | bigint, number | string>(data, (value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const exact = (value: number | string | boolean) => (data instanceof BigInt64Array ? value : Number(value));
    expect({ shape, values }).toEqual({ shape: wanted.shape, values: wanted.values_in_c_order.map(exact) });
  });
  test('object-refuse.npy and truncated-refuse.npy are refused', () => {
    const read = (name: string) => () => readNpy(readFileSync(join(folder, name)), name);
    expect(read('object-refuse.npy')).toThrow('object-refuse.npy: the array holds Python objects (a pickle)');
    expect(read('truncated-refuse.npy')).toThrow(
      /^truncated-refuse\.npy: \[.*\] takes \d+ bytes, but \d+ follow the header\.$/,
    );
  });
});
