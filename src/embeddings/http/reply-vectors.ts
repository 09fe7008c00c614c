// A server's vectors, believed only as far as they are what was asked for.
import { scaleToUnit } from '../unit-length.js';
import { refused } from './connection.js';

/** [inputs] vectors of equal width and length 1. Throws VSR_ENCODER for too few, too many, a text, or values that are no number. */
export function checkedVectors(reply: readonly unknown[], inputs: number, address: string): Float64Array[] {
  if (reply.length !== inputs) {
    throw refused(`http://${address}`, `it was asked for ${inputs} vectors and gave ${reply.length}`);
  }
  return reply.map((item, i) => {
    const values = typeof item === 'string' ? fromBase64(item) : item;
    if (!(Array.isArray(values) || values instanceof Float32Array) || values.length === 0) {
      throw refused(`http://${address}`, `vector ${i + 1} of ${inputs} is no list of numbers`);
    }
    const wrong = values.findIndex((value) => typeof value !== 'number' || !Number.isFinite(value));
    if (wrong >= 0) {
      throw refused(
        `http://${address}`,
        `value ${wrong + 1} of vector ${i + 1} is ${values[wrong]}, expected a number`,
        'The model may overflow in float16: serve it in bfloat16 or float32.',
      );
    }
    return scaleToUnit(Float64Array.from(values));
  });
}

/** float32, little-endian. */
function fromBase64(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}
