// How semantic-router names things: digests of their parts, and model names in code-point order.
import { blake2b } from './blake2b.js';
import { floatText } from './python-json.js';

export interface BakedObjective {
  readonly quality: number;
  readonly latency: number;
  readonly cost: number;
  readonly latencyScaleMs: number;
  readonly costScale: number;
}

/** First 16 hex digits of BLAKE2b (16-byte digest) over each part's UTF-8 and a zero byte. */
export function digest(...parts: readonly string[]): string {
  return Buffer.from(blake2b(Buffer.from(parts.map((part) => `${part}\0`).join('')), 16))
    .toString('hex')
    .slice(0, 16);
}

export function objectiveId({ quality, latency, cost, latencyScaleMs, costScale }: BakedObjective): string {
  const terms = { q: quality, l: latency, c: cost, ls: latencyScaleMs, cs: costScale };
  return digest('v1', ...Object.entries(terms).map(([letter, value]) => `${letter}${floatText(value)}`));
}

/** By code point, as Python sorts: JavaScript's own order differs beyond the basic plane. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)); // UTF-8 keeps code-point order
}
