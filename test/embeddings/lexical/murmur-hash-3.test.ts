// MurmurHash3 x86-32 against the published verification vectors.
import { expect, test } from 'vitest';
import { murmurHash3 } from '../../../src/embeddings/lexical/murmur-hash-3.js';

const bytes = (text: string) => new TextEncoder().encode(text);

test.each<[bytes: Uint8Array, seed: number, hash: number]>([
  [bytes(''), 0, 0],
  [bytes(''), 1, 0x514e28b7],
  [bytes(''), 0xffffffff, 0x81f16f39],
  [Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0, 0x76293b50],
  [Uint8Array.of(0x21, 0x43, 0x65, 0x87), 0, 0xf55b516b],
  [Uint8Array.of(0x21, 0x43, 0x65, 0x87), 0x5082edee, 0x2362f9de],
  [Uint8Array.of(0x21, 0x43, 0x65), 0, 0x7e4a8634],
  [Uint8Array.of(0x21, 0x43), 0, 0xa0f7b07a],
  [Uint8Array.of(0x21), 0, 0x72661cf4],
  [Uint8Array.of(0, 0, 0, 0), 0, 0x2362f9de],
  [Uint8Array.of(0, 0, 0), 0, 0x85f0b427],
  [Uint8Array.of(0, 0), 0, 0x30f4c306],
  [Uint8Array.of(0), 0, 0x514e28b7],
  [bytes('aaaa'), 0x9747b28c, 0x5a97808a],
  [bytes('aaa'), 0x9747b28c, 0x283e0130],
  [bytes('aa'), 0x9747b28c, 0x5d211726],
  [bytes('a'), 0x9747b28c, 0x7fa09ea6],
  [bytes('abcd'), 0x9747b28c, 0xf0478627],
  [bytes('Hello, world!'), 0x9747b28c, 0x24884cba],
  [bytes('ππππππππ'), 0x9747b28c, 0xd58063c1],
  [bytes('The quick brown fox jumps over the lazy dog'), 0x9747b28c, 0x2fa826cd],
])('%j with seed %i', (input, seed, hash) => {
  expect(murmurHash3(input, seed)).toBe(hash);
});

test('of a longer buffer, the bytes asked for', () => {
  expect(murmurHash3(bytes('abcdefgh'), 0x9747b28c, 4)).toBe(0xf0478627);
});
