// Concept coverage played back: sentences that hold exactly k of the n concepts.
import type { Choose } from './choose.js';
import type { Composer } from './play-back.js';

/** Frames around three concepts; one is used only if no word of it is a concept that must stay out. */
const FRAMES: readonly (readonly [string, string, string, string])[] = [
  ['The ', ' stood between the ', ' and the ', '.'],
  ['Here is one ', ' beside some ', ' under the ', '.'],
  ['She saw the ', ', then the ', ' with the ', '.'],
  ['Everyone knew the ', ' before the ', ' or the ', '.'],
  ['The ', ', the ', ' and the ', ' made up the morning.'],
];
const OFF_TOPIC = [
  'Nothing comes to mind.',
  'Once upon a time it rained.',
  'Let me think about something else.',
  'Hm.',
];

interface Concept {
  readonly word: string;
  /** How many concepts of the list share its stem: the word covers them all. */
  readonly count: number;
}

export const conceptsText: Composer = ({ quality, truths }, choose) => {
  if (truths.length !== 1) return null;
  const words = truths[0]!
    .split(',')
    .map((word) => word.normalize('NFKC').toLowerCase().trim())
    .filter((word) => word !== '');
  const wanted = Math.round(quality * words.length);
  if (Math.abs(wanted / words.length - quality) > 1e-9 || !words.every((word) => /^\p{L}+$/u.test(word))) return null;
  const byStem = new Map<string, string[]>();
  for (const word of words) byStem.set(stem(word), [...(byStem.get(stem(word)) ?? []), word]);
  const concepts = [...byStem.values()].map((group): Concept => ({ word: group[0]!, count: group.length }));
  const chosen = chooseConcepts(concepts, wanted, choose);
  if (chosen === null) return null;
  const left = new Set(byStem.keys());
  for (const word of chosen) left.delete(stem(word));
  return chosen.length === 0 ? (OFF_TOPIC.find((text) => isFree(text, left)) ?? '?') : sentences(chosen, left, choose);
};

/** Concepts that count `wanted` together, or null if their stems collide so that none do. */
function chooseConcepts(concepts: readonly Concept[], wanted: number, choose: Choose): string[] | null {
  const order = choose.shuffled(concepts).sort((a, b) => b.count - a.count);
  const chosen: string[] = [];
  let missing = wanted;
  for (const { word, count } of order) {
    if (count > missing) continue;
    chosen.push(word);
    missing -= count;
  }
  return missing === 0 ? choose.shuffled(chosen) : null;
}

function sentences(words: readonly string[], left: ReadonlySet<string>, choose: Choose): string {
  const frames = FRAMES.filter((frame) => isFree(frame.join(' '), left));
  const parts: string[] = [];
  for (let i = 0; i < words.length; i += 3) {
    const [first, second, third] = words.slice(i, i + 3);
    if (third === undefined || frames.length === 0) parts.push(`${words.slice(i, i + 3).join(', ')}.`);
    else {
      const [start, middle, before, end] = choose.one(frames);
      parts.push(`${start}${first}${middle}${second}${before}${third}${end}`);
    }
  }
  return parts.join(' ');
}

/** No word of the text covers a concept that must stay out. */
function isFree(text: string, left: ReadonlySet<string>): boolean {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.every((word) => !left.has(stem(word)));
}

/** As the scorer cuts: one of ing, ed, er, s, where the word is longer than the ending and one letter more. */
function stem(word: string): string {
  const suffix = ['ing', 'ed', 'er', 's'].find((ending) => word.endsWith(ending) && word.length > ending.length + 1);
  return suffix ? word.slice(0, -suffix.length) : word;
}
