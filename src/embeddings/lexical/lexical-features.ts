// A text as hashed counts: which buckets its words, word pairs and (where asked for) pieces of words touch, and how strongly.
import { murmurHash3 } from './murmur-hash-3.js';

export interface LexicalSettings {
  /** D, the number of buckets. */
  readonly dim: number;
  /** Pieces of words of so many characters count too; 0 = none. For languages that write without spaces, and for code. */
  readonly characters: number;
}

/** Buckets that a text touches, ascending, each with Σ sign · (1 + ln tf) over its features. */
export interface LexicalCounts {
  readonly buckets: Int32Array;
  readonly values: Float64Array;
  /** true: the text was longer than MOST_CHARACTERS and only its beginning counts. */
  readonly cut: boolean;
}

/** Longer texts are read up to here: what a text is about shows before, and a text of any length ends in bounded time. */
export const MOST_CHARACTERS = 1_000_000;

const WORD = /[\p{L}\p{N}]+/gu;
/** Before a piece of a word, so that the piece `the` is another feature than the word; no word holds it. */
const PIECE = '\u0001';

/**
 * Words are runs of letters and digits of the NFKC text in lower case; features are words and pairs of neighbours, joined by
 * one space. A feature's bucket is its MurmurHash3 (seed 0, of the UTF-8) mod D; its sign is − where the top bit is set.
 * A lone surrogate is no letter and ends a word.
 */
export function lexicalCounts(text: string, { dim, characters }: LexicalSettings): LexicalCounts {
  const cut = text.length > MOST_CHARACTERS;
  const plain = (cut ? text.slice(0, MOST_CHARACTERS) : text).normalize('NFKC').toLowerCase();
  const frequency = new Map<string, number>();
  const count = (feature: string) => frequency.set(feature, (frequency.get(feature) ?? 0) + 1);
  let before: string | undefined;
  for (const [word] of plain.matchAll(WORD)) {
    count(word);
    if (before !== undefined) count(`${before} ${word}`);
    if (characters > 0) for (const piece of pieces(word, characters)) count(PIECE + piece);
    before = word;
  }
  const sums = new Map<number, number>();
  for (const [feature, times] of frequency) {
    const hash = hashOf(feature);
    const bucket = hash % dim;
    const weight = 1 + Math.log(times);
    sums.set(bucket, (sums.get(bucket) ?? 0) + (hash >= 2 ** 31 ? -weight : weight));
  }
  const buckets = Int32Array.from(sums.keys()).sort();
  return { buckets, values: Float64Array.from(buckets, (bucket) => sums.get(bucket)!), cut };
}

/** Every run of `length` characters of a word, surrogate pairs whole; a shorter word is one piece. */
function* pieces(word: string, length: number): Generator<string> {
  const characters = [...word];
  for (let start = 0; start === 0 || start + length <= characters.length; start++) {
    yield characters.slice(start, start + length).join('');
  }
}

let scratch = Buffer.alloc(1024);

function hashOf(feature: string): number {
  if (feature.length * 3 > scratch.length) scratch = Buffer.alloc(feature.length * 3);
  return murmurHash3(scratch, 0, scratch.write(feature, 'utf8'));
}
