// The text that splits and leaks are judged by: two queries are the same if this is equal.

/**
 * NFKC, lower case, letters and digits only, single spaces. A text without any letter or digit stays as it is (NFKC,
 * lower case, single spaces), so that "+" and "?" are not the same query.
 */
export function normaliseText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase();
  const words = folded.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return words === '' ? folded.replace(/\s+/g, ' ').trim() : words;
}

/** A number per text, equal for texts that are the same after normalising; 0, 1, 2 … in order of first appearance. */
export function groupIds(texts: readonly string[]): Int32Array {
  const groups = new Map<string, number>();
  return Int32Array.from(texts, (text) => {
    const key = normaliseText(text);
    const group = groups.get(key) ?? groups.size;
    groups.set(key, group);
    return group;
  });
}
