// The text that splits and leaks are judged by: two queries are the same if this is equal.
import { hash32 } from '../math/random.js';

/**
 * NFKC, lower case, letters and digits only, single spaces. A text without any letter or digit stays as it is (NFKC,
 * lower case, single spaces), so that "+" and "?" are not the same query.
 */
export function normaliseText(text: string): string {
  const plain = !BEYOND_ASCII.test(text); // where the short way gives the same, in a third of the time
  const folded = plain ? text.toLowerCase() : text.normalize('NFKC').toLowerCase();
  const words = folded.replace(plain ? /[^a-z0-9]+/g : /[^\p{L}\p{N}]+/gu, ' ').trim();
  return words === '' ? folded.replace(/\s+/g, ' ').trim() : words;
}

/** Neither printable ASCII nor white space. */
const BEYOND_ASCII = /[^ -~\s]/;

/**
 * A number per text, equal for texts that are the same after normalising; 0, 1, 2 … in order of first appearance. No normalised
 * text is kept: 12 bytes a text, and the few of equal hash are normalised again to be compared.
 */
export function groupIds(texts: readonly string[]): Int32Array {
  const groups = new Int32Array(texts.length);
  const hashes = new Int32Array(texts.length);
  const mask = 2 ** Math.ceil(Math.log2(2 * texts.length + 1)) - 1;
  /** Open addressing: the first row of a group plus one; 0 = free. */
  const slots = new Int32Array(mask + 1);
  let count = 0;
  texts.forEach((text, row) => {
    const key = normaliseText(text);
    const hash = hash32(key);
    hashes[row] = hash;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const first = slots[slot]! - 1;
      if (first < 0) {
        slots[slot] = row + 1;
        groups[row] = count++;
        return;
      }
      if (hashes[first] === hash && normaliseText(texts[first]!) === key) {
        groups[row] = groups[first]!;
        return;
      }
    }
  });
  return groups;
}
