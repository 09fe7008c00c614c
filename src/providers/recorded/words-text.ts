// exact, contains, f1 and cemf1 played back: the right words, words that share none with the truth, or some of both.
import type { Choose } from './choose.js';
import type { Composer } from './play-back.js';

/** Quotes, bold and dots are no words, so each of these equals the truth. */
const EQUAL: readonly ((truth: string) => string)[] = [
  (truth) => truth,
  (truth) => `${truth}.`,
  (truth) => `"${truth}"`,
  (truth) => `**${truth}**`,
];
const CONTAINING: readonly ((truth: string) => string)[] = [
  ...EQUAL,
  (truth) => `It is ${truth}.`,
  (truth) => `As far as I know, ${truth} is what you are looking for.`,
];

const WRONG = [
  ...[
    'Marie Curie',
    'Lake Titicaca',
    'Bob Dylan',
    'Vienna',
    'Mount Kenya',
    'Julius Caesar',
    'the Danube',
    'Frida Kahlo',
  ],
  ...['Casablanca', 'Isaac Newton', 'Montreal', 'Ella Fitzgerald', 'the Orinoco', 'Kyoto', 'Jane Austen', 'Nairobi'],
  ...['I do not know.', 'Nobody seems certain about this.', 'Sorry, this escapes me.', 'Hard to tell.', 'Unknown'],
];
const FILLERS = [
  'perhaps',
  'maybe',
  'possibly',
  'likely',
  'indeed',
  'surely',
  'clearly',
  'probably',
  'roughly',
  'quite',
];
const CLOSED = ['yes', 'no', 'noanswer'];

export const wordsText: Composer = ({ quality, metric, truths }, choose) => {
  const name = (metric ?? '').trim().toLowerCase();
  const contains = name === 'contains' || name === 'cem' || name === 'cemf1';
  if (quality === 1) {
    const truth = choose.one(truths);
    return choose.one(contains && wordsOf(truth).length > 0 ? CONTAINING : EQUAL)(truth);
  }
  if (quality === 0) return firstWithout(choose.shuffled(WRONG), truths);
  const partial = name !== 'exact' && name !== 'em' && name !== 'contains' && name !== 'cem';
  return partial && truths.length === 1 ? partOf(truths[0]!, quality, name === 'cemf1', choose) : null;
};

/**
 * m words of the truth's n and e others: F1 = 2m / (n + m + e), solved for whole numbers.
 * `incomplete`: never all of its words, because cemf1 gives those 1.
 */
function partOf(truth: string, quality: number, incomplete: boolean, choose: Choose): string | null {
  const words = wordsOf(truth);
  const filler = firstWithout(choose.shuffled(FILLERS), [truth]);
  if (filler === null || CLOSED.includes(words.join(' '))) return null;
  for (let m = incomplete ? words.length - 1 : words.length; m > 0; m--) {
    const extra = Math.round((2 * m) / quality - words.length - m);
    const exact = Math.abs((2 * m) / (words.length + m + extra) - quality) < 1e-10;
    if (!exact || extra < 0 || extra > 200) continue;
    const answer = [...Array<string>(extra).fill(filler), ...words.slice(0, m)].join(' ');
    if (!CLOSED.includes(answer)) return answer;
  }
  return null;
}

/** The first text none of whose words stands in a truth, not even as a part of a word. */
function firstWithout(texts: readonly string[], truths: readonly string[]): string | null {
  const spelled = truths.map((truth) => truth.normalize('NFKC').toLowerCase());
  const free = (word: string) => spelled.every((truth) => !truth.includes(word));
  return texts.find((text) => wordsOf(text).every(free)) ?? null;
}

/** As the scorers split: apostrophes dropped, articles left out. */
function wordsOf(text: string): string[] {
  const spelled = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘ʼ]/g, '');
  return spelled.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '' && !/^(?:a|an|the)$/.test(word));
}
