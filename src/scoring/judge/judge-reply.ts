// What a judge replied: marks, yes or no, or the better of two. A reply that says none of it is null, never a guess.
import { clean } from '../clean.js';

export interface Verdict {
  /** [0, 1]: the marks divided by ten; yes is 1, no is 0. */
  readonly quality: number;
  readonly reason: string | null;
}

export type Preference = 'first' | 'second' | 'tie';

/** The last JSON object with a score from 0 to 10, else a reply that starts with yes or no, else null. */
export function readVerdict(reply: string): Verdict | null {
  const text = clean(reply);
  const found = lastObject(text, (object) => scoreOf(object.score));
  if (found) {
    const { reason } = found.object;
    return { quality: found.value / 10, reason: typeof reason === 'string' && reason !== '' ? reason : null };
  }
  const word = firstWord(text);
  if (word === 'yes' || word === 'no') return { quality: word === 'yes' ? 1 : 0, reason: null };
  return null;
}

/** The last JSON object with a winner, else a reply that starts with first, second or tie, else null. */
export function readPreference(reply: string): Preference | null {
  const text = clean(reply);
  return lastObject(text, ({ winner }) => preferenceOf(winner))?.value ?? preferenceOf(firstWord(text));
}

/** The verdict over both orders: the second reply was given with the answers exchanged. Disagreement is a tie. */
export function agreed(straight: Preference, exchanged: Preference): Preference {
  const turned = ({ first: 'second', second: 'first', tie: 'tie' } as const)[exchanged];
  return straight === turned ? straight : 'tie';
}

type Plain = Readonly<Record<string, unknown>>;

/** The last {…} of a text that is JSON and of which `read` makes something. One pass; at most 64 objects are tried. */
function lastObject<T>(text: string, read: (object: Plain) => T | null): { object: Plain; value: T } | null {
  let close = text.lastIndexOf('}');
  for (let tries = 0; close >= 0 && tries < 64; tries++, close = close > 0 ? text.lastIndexOf('}', close - 1) : -1) {
    let open = text.lastIndexOf('{', close);
    for (let wider = 0; open >= 0 && wider < 8; wider++, open = open > 0 ? text.lastIndexOf('{', open - 1) : -1) {
      const object = parsed(text.slice(open, close + 1));
      const value = object && read(object);
      if (object && value !== null && value !== undefined) return { object, value };
    }
  }
  return null;
}

function parsed(text: string): Plain | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Plain) : null;
  } catch {
    return null;
  }
}

/** 8, "8", "8/10" or "8 / 10"; null beyond 0 to 10. */
function scoreOf(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const match = /^(\d+(?:\.\d+)?)(?: ?\/ ?10)?$/.exec(text);
  const score = match ? Number(match[1]) : Number.NaN;
  return score >= 0 && score <= 10 ? score : null;
}

function preferenceOf(value: unknown): Preference | null {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'first' || word === 'second' || word === 'tie' ? word : null;
}

function firstWord(text: string): string {
  return /^[^\p{L}]{0,20}(\p{L}+)/u.exec(text)?.[1]?.toLowerCase() ?? '';
}
