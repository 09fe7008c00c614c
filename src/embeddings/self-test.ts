// Does a text's vector depend on its neighbours in a batch? Some quantised models and some servers make it so.
import { rowOf } from '../math/matrix.js';
import type { Encoder, SelfTest } from './encoder.js';

/** Of very different lengths, so that a mixed batch is filled up most. */
const TEXTS = [
  'Hi',
  'What is the derivative of x^3?',
  'Write a Python function that reads a CSV file and returns the mean of every numeric column, ignoring missing values.',
  'The quick brown fox jumps over the lazy dog. '.repeat(20),
];

const AGREE = 0.9999;

/** Each text alone and all together. Throws what `embed` throws. */
export async function selfTestOf(embed: Encoder['embed'], signal?: AbortSignal): Promise<SelfTest> {
  const together = await embed(TEXTS, signal);
  let cosine = 1;
  for (const [i, text] of TEXTS.entries()) {
    const alone = await embed([text], signal);
    cosine = Math.min(cosine, cosineOf(rowOf(alone.vectors, 0), rowOf(together.vectors, i)));
  }
  return {
    cosine,
    agrees: cosine > AGREE,
    remedy: 'set embedding.batch_size to 1, so that no text changes the vector of another',
  };
}

/** Two zero vectors agree. */
function cosineOf(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths > 0 ? dot(a, b) / lengths : a.every((value, i) => value === b[i]) ? 1 : 0;
}
