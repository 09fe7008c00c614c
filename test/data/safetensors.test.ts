import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../src/data/safetensors.js';
import { VsrError } from '../../src/errors/vsr-error.js';
import { hasShared, SHARED } from '../shared-folder.js';

const FORMATS = join(SHARED, 'fixtures/formats');
const encode = (text: string) => new TextEncoder().encode(text);

/** A file with this header and `size` zero bytes behind it. */
function file(header: unknown, size: number): Uint8Array {
  const json = encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + size);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

describe('readSafetensors', () => {
  test('gives back what writeSafetensors wrote, metadata and odd names included', () => {
    const tensors = {
      weight: { shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 3e38) },
      ids: { shape: [3], data: Int32Array.of(1, -1, 2147483647) },
      scalar: { shape: [], data: Float32Array.of(7) },
      empty: { shape: [0, 4], data: new Float32Array(0) },
      ünïcode: { shape: [1], data: Float32Array.of(Number.NaN) },
    };
    const bytes = writeSafetensors(tensors, { models: '["a"]' });
    expect(readSafetensors(bytes, 'x')).toEqual({ tensors, metadata: { models: '["a"]' } });
  });
  test('shares memory where aligned, and copies where not', () => {
    const bytes = writeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } });
    expect(readSafetensors(bytes, 'x').tensors.a!.data.buffer).toBe(bytes.buffer);
    const shifted = Buffer.concat([Buffer.of(0), bytes]).subarray(1);
    expect(readSafetensors(shifted, 'x').tensors.a!.data).toEqual(Float32Array.of(1, 2));
  });
  test.each([
    [new Uint8Array(7), 'x: expected at least 8 bytes, got 7.'],
    [file('{"a"', 0), /^x: its header is not JSON /],
    [file([], 0), 'x: its header is not a JSON object.'],
    [file({ __metadata__: { a: 1 } }, 0), 'x: __metadata__ must map names to texts.'],
    [
      file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 12] } }, 12),
      'x: tensor "a", F32 [2], takes 8 bytes, but its offsets span 12.',
    ],
    [file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, 4), 'x: tensor "a" lies at bytes 0 to 8 of 4.'],
    [
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 8),
      'x: a tensor starts at byte 4, where byte 0 was expected.',
    ],
    [
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 8),
      'x: its tensors take 4 bytes, but 8 follow the header.',
    ],
    [file({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4), 'x: tensor "a" has the shape [-1].'],
    [file({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4), 'x: tensor "a" has the offsets [0].'],
    [
      file({ a: { dtype: 'F8', shape: [1], data_offsets: [0, 1] } }, 1),
      /^x: tensor "a" has dtype "F8"; known are F16, /,
    ],
  ])('refuses a damaged file with a sentence (%#)', (bytes, message) => {
    let error: unknown;
    try {
      readSafetensors(bytes, 'x');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(VsrError);
    expect((error as VsrError).code).toBe('VSR_DATA');
    expect((error as VsrError).message).toMatch(message);
  });
  test('throws the code it is asked to', () => {
    expect(() => readSafetensors(new Uint8Array(0), 'x', 'VSR_ARTIFACT')).toThrow(
      expect.objectContaining({ code: 'VSR_ARTIFACT' }),
    );
  });
  test('never throws anything but a VsrError, whatever byte is changed', () => {
    const good = writeSafetensors({
      a: { shape: [2, 3], data: new Float32Array(6) },
      b: { shape: [1], data: Int32Array.of(5) },
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = good.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            readSafetensors(bytes, 'x');
          } catch (error) {
            expect(error).toBeInstanceOf(VsrError);
          }
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('writeSafetensors', () => {
  test('writes the same bytes for the same tensors in any order, data aligned to 8', () => {
    const a = { shape: [1], data: Float32Array.of(1) };
    const b = { shape: [1], data: Float32Array.of(2) };
    const bytes = writeSafetensors({ a, b });
    expect(writeSafetensors({ b, a })).toEqual(bytes);
    expect((bytes.length - 8) % 8).toBe(0);
  });
  test('writes an unaligned view of a larger array', () => {
    const data = Float32Array.of(9, 1, 2).subarray(1);
    expect(readSafetensors(writeSafetensors({ a: { shape: [2], data } }), 'x').tensors.a!.data).toEqual(
      Float32Array.of(1, 2),
    );
  });
});

describe.skipIf(!hasShared)('files written by the safetensors library (skipped where ../shared is absent)', () => {
  interface Expected {
    readonly metadata?: Record<string, string>;
    readonly tensors: Record<string, { shape: number[]; values: (number | string | boolean)[] }>;
  }
  const expected: Record<string, Expected> = hasShared
    ? JSON.parse(readFileSync(join(FORMATS, 'expected.json'), 'utf8')).safetensors
    : {};
  test.each(['mixed.safetensors', 'bf16.safetensors'])('%s holds the values it was written with', (name) => {
    const read = readSafetensors(readFileSync(join(FORMATS, name)), name);
    expect(read.metadata).toEqual(expected[name]!.metadata ?? {});
    const found = Object.entries(read.tensors).map(([key, { shape, data }]) => [
      key,
      { shape, values: Array.from<number | bigint, number>(data, Number) },
    ]);
    const wanted = Object.entries(expected[name]!.tensors).map(([key, { shape, values }]) => [
      key,
      { shape, values: values.map(Number) },
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });
  test('I64 keeps what a double cannot hold', () => {
    const { tensors } = readSafetensors(readFileSync(join(FORMATS, 'mixed.safetensors')), 'mixed');
    expect(tensors.ids!.data).toEqual(BigInt64Array.of(0n, -1n, 9007199254740993n));
  });
  test.each([
    ['short-refuse.safetensors', 'tensor "a" lies at bytes 0 to 16 of 8.'],
    ['huge-header-refuse.safetensors', 'its header says it is 1152921504606846976 bytes long, but only 2 follow.'],
  ])('%s is refused', (name, message) => {
    expect(() => readSafetensors(readFileSync(join(FORMATS, name)), name)).toThrow(`${name}: ${message}`);
  });
});
