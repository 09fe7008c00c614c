// The words of a text as exact, contains, f1 and the choice texts compare them.
import { clean } from './clean.js';

const ARTICLES: ReadonlySet<string> = new Set(['a', 'an', 'the']);

/** Lower-case words joined by single spaces: `The Beatles' "Help!"` becomes `beatles help`. */
export function norm(text: string): string {
  return normWords(text).join(' ');
}

export function normWords(text: string): string[] {
  return wordsOf(text).filter((word) => !ARTICLES.has(word));
}

/** Cleaned and lower-cased words, without apostrophes, articles included; marks that combine with a letter stay with it. */
export function wordsOf(text: string): string[] {
  const spelled = clean(text)
    .toLowerCase()
    .replace(/['’‘ʼ]/g, '');
  return spelled.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');
}
