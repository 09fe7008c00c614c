// float16 values, as ONNX Runtime gives them, widened to float32.

/** Bits of float16 numbers, or numbers that are already wide (newer runtimes have an array of their own). Exact. */
export function widenFloat16(values: ArrayLike<number>): Float32Array {
  if (!(values instanceof Uint16Array)) return Float32Array.from(values);
  return Float32Array.from(values, widen);
}

/** 1 sign bit, 5 bits of exponent (bias 15), 10 of fraction. */
function widen(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
