// Raw bytes of one number format as a typed array: a view where alignment allows, else a copy.

export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** Named by kind and bytes, as numpy does; bf2 is bfloat16, b1 a byte that is 0 or 1. */
export type NumberFormat = 'f2' | 'bf2' | 'f4' | 'f8' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'b1';

/** Bytes of one value. */
export function bytesPer(format: NumberFormat): number {
  return Number(format.at(-1));
}

/**
 * The numbers in `bytes`, whose length is a multiple of the format's size. float16 and bfloat16 widen (exactly) to
 * float32. Shares memory with `bytes` where the host's byte order and alignment allow.
 */
export function numericArray(bytes: Uint8Array, format: NumberFormat, bigEndian = false): NumericArray {
  const size = bytesPer(format);
  const swap = size > 1 && bigEndian !== HOST_IS_BIG_ENDIAN;
  const aligned = swap || bytes.byteOffset % size !== 0 ? new Uint8Array(bytes) : bytes; // not slice: a Buffer's is a view
  if (swap) swapBytes(aligned, size);
  const { buffer, byteOffset } = aligned;
  const length = bytes.length / size;
  if (format === 'f2') return Float32Array.from(new Uint16Array(buffer, byteOffset, length), widenFloat16);
  if (format === 'bf2') return widenBfloat16(new Uint16Array(buffer, byteOffset, length));
  return new VIEWS[format](buffer, byteOffset, length);
}

const HOST_IS_BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

type View = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => NumericArray;

const VIEWS: Readonly<Record<Exclude<NumberFormat, 'f2' | 'bf2'>, View>> = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
};

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

/** IEEE 754 half: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
function widenFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}
