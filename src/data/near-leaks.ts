// Queries of a later split that almost stand in an earlier one: MinHash finds candidates, exact Jaccard decides.
import { seededRandom } from '../math/random.js';
import { imagesMark } from './content-text.js';
import { normaliseText } from './normalise-text.js';
import type { Query, Split } from './query.js';

export interface NearLeak {
  /** Row in the later split, and the row it resembles in an earlier one. */
  readonly row: number;
  readonly alsoRow: number;
  /** Of their sets of five-word shingles. */
  readonly jaccard: number;
}

const ORDER: readonly Split[] = ['train', 'validation', 'test'];
const SHINGLE = 5;
const LEAST_JACCARD = 0.8;
const HASHES = 128;
/** 32 bands of 4: a pair at 0.8 shares none with a chance of 5e-8, one at 0.3 shares some with 23 %. */
const BAND = 4;

/**
 * Rows of validation and test whose shingles overlap by at least 0.8 with those of a row of an earlier split (Broder 1997).
 * Equal normalised texts are exact leaks and not named here; texts about different images are different. Each row once, with its nearest earlier row; ascending.
 */
export function findNearLeaks(queries: readonly Query[], splits: readonly Split[], seed = 42): NearLeak[] {
  const sets = possiblePairs(queries, splits);
  const texts = new Map(Array.from(sets.keys(), (row) => [row, normaliseText(queries[row]!.query)]));
  const images = new Map(Array.from(sets.keys(), (row) => [row, imagesMark(queries[row]!.images)]));
  const functions = hashFunctions(seed);
  const best = new Map<number, NearLeak>();
  const signatures = new Map([...sets].map(([row, set]) => [row, signatureOf(set, functions)]));
  for (let band = 0; band < HASHES / BAND; band++) {
    for (const rows of buckets(signatures, band)) {
      for (const row of rows) {
        for (const alsoRow of rows) {
          if (rank(splits[alsoRow]!) >= rank(splits[row]!) || texts.get(row) === texts.get(alsoRow)) continue;
          if (images.get(row) !== images.get(alsoRow)) continue;
          const known = best.get(row);
          if (known?.alsoRow === alsoRow) continue;
          const overlap = jaccard(sets.get(row)!, sets.get(alsoRow)!);
          if (overlap >= LEAST_JACCARD && isBetter(overlap, alsoRow, known))
            best.set(row, { row, alsoRow, jaccard: overlap });
        }
      }
    }
  }
  return [...best.values()].sort((a, b) => a.row - b.row);
}

/** Equal overlaps: the first row, whatever the order of the buckets. */
function isBetter(overlap: number, alsoRow: number, known: NearLeak | undefined): boolean {
  return known === undefined || overlap > known.jaccard || (overlap === known.jaccard && alsoRow < known.alsoRow);
}

function rank(split: Split): number {
  return ORDER.indexOf(split);
}

/**
 * The shingles of rows that can be in a pair at all: with a Jaccard of 0.8 at least 0.8 of either set stands in the other,
 * hence in the union of all sets on the other side. Almost no row of usual data passes, which saves its signature, and the
 * memory of its set. The unions are bit sets in which values may share a bit: such a row is looked at in vain.
 */
function possiblePairs(queries: readonly Query[], splits: readonly Split[]): ReadonlyMap<number, ReadonlySet<number>> {
  const setOf = (row: number) => shingles(normaliseText(queries[row]!.query));
  const [train, validation, test] = ORDER.map((split) =>
    [...queries.keys()].filter((row) => splits[row] === split),
  ) as [number[], number[], number[]];
  const setFor = (rows: readonly number[]) =>
    bitSet(rows.reduce((sum, row) => sum + queries[row]!.query.length / LETTERS, 0));
  const found = new Map<number, ReadonlySet<number>>();
  /** Keeps the rows that stand mostly in `others`, and tells `seen` of them. */
  const keep = (rows: readonly number[], others: BitSet, seen: readonly BitSet[]) => {
    for (const row of rows) {
      const set = setOf(row);
      if (!mostlyIn(set, others)) continue;
      found.set(row, set);
      for (const bits of seen) for (const value of set) bits.add(value);
    }
  };
  const [inTest, inLater] = [setFor(test), setFor([...validation, ...test])];
  for (const row of test) for (const value of setOf(row)) for (const bits of [inTest, inLater]) bits.add(value);
  for (const row of validation) for (const value of setOf(row)) inLater.add(value);
  const [inTrain, inEarlier] = [setFor(train), setFor([...train, ...validation])];
  keep(train, inLater, [inTrain, inEarlier]);
  keep(validation, inTest, [inEarlier]);
  if (found.size === 0) return found;
  keep(validation, inTrain, []);
  keep(test, inEarlier, []);
  return found;
}

/** Of a word with its space, roughly: only the size of a bit set hangs on it. */
const LETTERS = 6;

interface BitSet {
  add(value: number): void;
  has(value: number): boolean;
}

/** 8 bits for each of the values expected, 32 MB at most: a seventh of the values may seem to stand in it, not four fifths. */
function bitSet(expected: number): BitSet {
  const bits = Math.min(28, Math.max(16, Math.ceil(Math.log2(8 * expected + 1))));
  const words = new Int32Array(2 ** (bits - 5));
  const mask = 2 ** bits - 1;
  return {
    add: (value) => {
      words[(value & mask) >>> 5]! |= 1 << (value & 31);
    },
    has: (value) => (words[(value & mask) >>> 5]! & (1 << (value & 31))) !== 0,
  };
}

function mostlyIn(set: ReadonlySet<number>, all: BitSet): boolean {
  const mayMiss = set.size * (1 - LEAST_JACCARD) + 1e-9;
  let missed = 0;
  for (const value of set) if (!all.has(value) && ++missed > mayMiss) return false;
  return true;
}

/** Hashes of every run of five words, from the hashes of the words; a shorter text is one shingle. */
function shingles(text: string): Set<number> {
  const words = wordHashes(text);
  const found = new Set<number>();
  for (let i = 0; i <= Math.max(0, words.length - SHINGLE); i++) {
    let hash = 0x811c9dc5;
    const end = Math.min(i + SHINGLE, words.length);
    for (let j = i; j < end; j++) hash = mix(Math.imul(hash, 0x01000193) ^ words[j]!);
    found.add(hash | 0);
  }
  return found;
}

/** FNV-1a, 32 bit, over the UTF-16 units of each word. */
function wordHashes(text: string): number[] {
  const hashes: number[] = [];
  let hash = 0x811c9dc5;
  for (let i = 0; i <= text.length; i++) {
    const unit = i === text.length ? SPACE : text.charCodeAt(i);
    if (unit === SPACE) {
      hashes.push(hash);
      hash = 0x811c9dc5;
    } else {
      hash = Math.imul(hash ^ unit, 0x01000193);
    }
  }
  return hashes;
}

const SPACE = 32;

interface HashFunctions {
  readonly factors: Int32Array;
  readonly offsets: Int32Array;
}

function hashFunctions(seed: number): HashFunctions {
  const random = seededRandom(seed).fork('minhash');
  const factors = Int32Array.from({ length: HASHES }, () => random.int(0x7fffffff) * 2 + 1);
  const offsets = Int32Array.from({ length: HASHES }, () => random.int(0x7fffffff));
  return { factors, offsets };
}

/** Minima of 128 seeded hash functions over a set. */
function signatureOf(set: ReadonlySet<number>, { factors, offsets }: HashFunctions): Uint32Array {
  const minima = new Uint32Array(HASHES).fill(0xffffffff);
  for (const value of set) {
    for (let h = 0; h < HASHES; h++) {
      const mixed = mix(Math.imul(value ^ offsets[h]!, factors[h]!));
      if (mixed < minima[h]!) minima[h] = mixed;
    }
  }
  return minima;
}

/** The end of MurmurHash3: without it, neighbouring products keep their order. */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function buckets(signatures: ReadonlyMap<number, Uint32Array>, band: number): number[][] {
  const rows = new Map<string, number[]>();
  for (const [row, signature] of signatures) {
    const key = signature.subarray(band * BAND, (band + 1) * BAND).join();
    const bucket = rows.get(key);
    if (bucket) bucket.push(row);
    else rows.set(key, [row]);
  }
  return [...rows.values()].filter((bucket) => bucket.length > 1);
}

function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const value of a) if (b.has(value)) both++;
  return both / (a.size + b.size - both);
}
