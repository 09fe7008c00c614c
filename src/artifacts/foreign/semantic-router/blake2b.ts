// BLAKE2b without a key (RFC 7693, sections 2 and 3): Node's blake2b512 has one digest length only, and the length is hashed in.

const IV = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
] as const;

/** Order of the message words in each of the first ten rounds; the last two repeat rounds 0 and 1. */
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
] as const;

/** The four columns and four diagonals of the working vector that one round mixes. */
const LANES = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

const BLOCK = 128;
const WORD = 0xffffffffffffffffn;

/** @param length of the digest, 1 to 64 bytes */
export function blake2b(data: Uint8Array, length: number): Uint8Array {
  const h: bigint[] = [...IV];
  h[0]! ^= 0x01010000n ^ BigInt(length);
  const blocks = Math.max(1, Math.ceil(data.length / BLOCK));
  for (let b = 0; b < blocks; b++) {
    const block = new Uint8Array(BLOCK);
    block.set(data.subarray(b * BLOCK, (b + 1) * BLOCK));
    compress(h, block, BigInt(Math.min((b + 1) * BLOCK, data.length)), b === blocks - 1);
  }
  const out = new DataView(new ArrayBuffer(64));
  h.forEach((word, i) => {
    out.setBigUint64(8 * i, word, true);
  });
  return new Uint8Array(out.buffer, 0, length);
}

function compress(h: bigint[], block: Uint8Array, counted: bigint, last: boolean): void {
  const words = Array.from({ length: 16 }, (_, i) => new DataView(block.buffer).getBigUint64(8 * i, true));
  const v: bigint[] = [...h, ...IV];
  v[12]! ^= counted; // files beyond 2⁶⁴ bytes do not occur
  if (last) v[14]! ^= WORD;
  for (let round = 0; round < 12; round++) {
    const order = SIGMA[round % 10]!;
    LANES.forEach((lane, i) => {
      mix(v, lane, words[order[2 * i]!]!, words[order[2 * i + 1]!]!);
    });
  }
  for (let i = 0; i < 8; i++) h[i]! ^= v[i]! ^ v[i + 8]!;
}

function mix(v: bigint[], [a, b, c, d]: readonly [number, number, number, number], x: bigint, y: bigint): void {
  for (const [word, turnD, turnB] of [
    [x, 32n, 24n],
    [y, 16n, 63n],
  ] as const) {
    v[a] = (v[a]! + v[b]! + word) & WORD;
    v[d] = rotated(v[d]! ^ v[a]!, turnD);
    v[c] = (v[c]! + v[d]!) & WORD;
    v[b] = rotated(v[b]! ^ v[c]!, turnB);
  }
}

function rotated(word: bigint, right: bigint): bigint {
  return (word >> right) | ((word << (64n - right)) & WORD);
}
