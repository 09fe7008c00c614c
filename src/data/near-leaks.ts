// Queries of a later split that almost stand in an earlier one: MinHash finds candidates, exact Jaccard decides.
import { seededRandom } from '../math/random.js';
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
 * Equal normalised texts are exact leaks and not named here. Each row once, with its nearest earlier row; ascending.
 */
export function findNearLeaks(queries: readonly Query[], splits: readonly Split[], seed = 42): NearLeak[] {
  const texts = queries.map(({ query }) => normaliseText(query));
  const sets = texts.map(shingles);
  const signatures = sets.map(signatureMaker(seed));
  const best = new Map<number, NearLeak>();
  for (let band = 0; band < HASHES / BAND; band++) {
    for (const rows of buckets(signatures, band)) {
      for (const row of rows) {
        for (const alsoRow of rows) {
          if (rank(splits[alsoRow]!) >= rank(splits[row]!) || texts[row] === texts[alsoRow]) continue;
          const known = best.get(row);
          if (known?.alsoRow === alsoRow) continue;
          const overlap = jaccard(sets[row]!, sets[alsoRow]!);
          if (overlap >= LEAST_JACCARD && overlap > (known?.jaccard ?? 0))
            best.set(row, { row, alsoRow, jaccard: overlap });
        }
      }
    }
  }
  return [...best.values()].sort((a, b) => a.row - b.row);
}

function rank(split: Split): number {
  return ORDER.indexOf(split);
}

/** Hashes of every run of five words; a shorter text is one shingle. */
function shingles(text: string): Set<number> {
  const words = text.split(' ');
  const found = new Set<number>();
  for (let i = 0; i <= Math.max(0, words.length - SHINGLE); i++) found.add(fnv(words.slice(i, i + SHINGLE).join(' ')));
  return found;
}

/** FNV-1a, 32 bit, over UTF-16 units. */
function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Minima of 128 seeded hash functions over a set. */
function signatureMaker(seed: number): (set: ReadonlySet<number>) => Uint32Array {
  const random = seededRandom(seed).fork('minhash');
  const factors = Uint32Array.from({ length: HASHES }, () => random.int(0x7fffffff) * 2 + 1);
  const offsets = Uint32Array.from({ length: HASHES }, () => random.int(0x7fffffff));
  return (set) => {
    const minima = new Uint32Array(HASHES).fill(0xffffffff);
    for (const value of set) {
      for (let h = 0; h < HASHES; h++) {
        const mixed = mix(Math.imul(value ^ offsets[h]!, factors[h]!));
        if (mixed < minima[h]!) minima[h] = mixed;
      }
    }
    return minima;
  };
}

/** The end of MurmurHash3: without it, neighbouring products keep their order. */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function buckets(signatures: readonly Uint32Array[], band: number): number[][] {
  const rows = new Map<string, number[]>();
  signatures.forEach((signature, row) => {
    const key = signature.subarray(band * BAND, (band + 1) * BAND).join();
    const bucket = rows.get(key);
    if (bucket) bucket.push(row);
    else rows.set(key, [row]);
  });
  return [...rows.values()].filter((bucket) => bucket.length > 1);
}

function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const value of a) if (b.has(value)) both++;
  return both / (a.size + b.size - both);
}
