// A text's token ids as a model reads them: with its special tokens, and cut, or in pieces, where the text is too long.
import { VsrError } from '../../errors/vsr-error.js';
import type { LongText } from '../encoder-request.js';
import type { TextTokenizer } from '../tokenizer.js';

export interface Sequences {
  /** Each at most `maxLength` long, special tokens included; several only for chunk_mean. */
  readonly pieces: readonly (readonly number[])[];
  /** Whether some of the text is in none of them. */
  readonly truncated: boolean;
}

export interface SequenceOptions {
  readonly maxLength: number;
  readonly longText: LongText;
  /** A token that must stand at the end. */
  readonly endToken?: string | undefined;
}

/** Pieces of one text at most; those of a longer one are spread evenly over it. */
export const MOST_PIECES = 64;

/**
 * Makes text → sequences. The special tokens around a text are learned once, from texts with and without them.
 * Throws VSR_ENCODER where they leave no room.
 */
export function sequencer(tokenizer: TextTokenizer, options: SequenceOptions): (text: string) => Sequences {
  const { before, after } = frame(tokenizer, options.endToken);
  const room = options.maxLength - before.length - after.length;
  if (room < 1) {
    throw new VsrError(
      'VSR_ENCODER',
      `embedding.max_length: ${options.maxLength} leaves no room beside ${before.length + after.length} special tokens.`,
      { hint: 'Set a larger one.' },
    );
  }
  const framed = (ids: readonly number[]) => [...before, ...ids, ...after];
  const bare = (text: string) => tokenizer.ids(text, { specialTokens: false });
  return (text) => {
    if (options.longText === 'chunk_mean') {
      const ids = idsInSegments(text, bare);
      if (ids.length <= room) return { pieces: [framed(ids)], truncated: false };
      return chunks(ids, room, framed);
    }
    const tail = options.longText === 'head_tail' ? Math.floor(room / 2) : 0;
    if (text.length <= longestWhole(room)) {
      const ids = bare(text);
      if (ids.length <= room) return { pieces: [framed(ids)], truncated: false };
      return { pieces: [framed([...ids.slice(0, room - tail), ...lastOf(ids, tail)])], truncated: true };
    }
    const start = idsFromStart(text, room, bare);
    if (start.whole && start.ids.length <= room) return { pieces: [framed(start.ids)], truncated: false };
    const end = tail > 0 ? idsFromEnd(text, tail, bare) : [];
    return { pieces: [framed([...start.ids.slice(0, room - tail), ...lastOf(end, tail)])], truncated: true };
  };
}

/** Special tokens before and after a text. */
function frame(tokenizer: TextTokenizer, endToken: string | undefined) {
  const probe = 'a';
  const bare = tokenizer.ids(probe, { specialTokens: false });
  const full = tokenizer.ids(probe, { specialTokens: true });
  const start = full.findIndex((_, i) => bare.every((id, j) => full[i + j] === id));
  if (bare.length === 0 || start < 0)
    throw new VsrError('VSR_ENCODER', 'The tokenizer gives other tokens with its special ones than without.');
  const before = full.slice(0, start);
  const after = full.slice(start + bare.length);
  const end = endToken === undefined ? undefined : tokenizer.idOf(endToken);
  return { before, after: end === undefined || after.at(-1) === end ? after : [...after, end] };
}

function chunks(ids: readonly number[], room: number, framed: (ids: readonly number[]) => number[]): Sequences {
  const count = Math.ceil(ids.length / room);
  const kept = Math.min(count, MOST_PIECES);
  const pieces = Array.from({ length: kept }, (_, i) => {
    const piece = kept === count ? i : Math.floor((i * (count - 1)) / (kept - 1));
    return framed(ids.slice(piece * room, (piece + 1) * room));
  });
  return { pieces, truncated: kept < count };
}

function lastOf(ids: readonly number[], count: number): readonly number[] {
  return ids.slice(ids.length - Math.min(count, ids.length));
}

/** Characters a token may take on average before a text is read in parts. */
const CHARACTERS_A_TOKEN = 16;
/** Texts up to this many characters are always read whole. */
const SHORT_TEXT = 16_384;
const SEGMENT = 65_536;

function longestWhole(room: number): number {
  return Math.max(SHORT_TEXT, CHARACTERS_A_TOKEN * room);
}

/** The first ids of a very long text, more than `room` of them unless it has no more. Growing starts, cut at spaces. */
function idsFromStart(text: string, room: number, bare: (text: string) => number[]) {
  for (let size = longestWhole(room); ; size *= 4) {
    const end = spaceBefore(text, size);
    const ids = bare(text.slice(0, end));
    if (end === text.length) return { ids, whole: true };
    if (ids.length > room) return { ids, whole: false };
  }
}

/** The last ids of a very long text, at least `room` of them unless it has fewer. */
function idsFromEnd(text: string, room: number, bare: (text: string) => number[]): number[] {
  for (let size = longestWhole(room); ; size *= 4) {
    const start = size >= text.length ? 0 : spaceAfter(text, text.length - size);
    const ids = bare(text.slice(start));
    if (start === 0 || ids.length >= room) return ids;
  }
}

/** Ids of the whole text, read segment by segment, so that no word list of all of it is ever held. */
function idsInSegments(text: string, bare: (text: string) => number[]): number[] {
  if (text.length <= SEGMENT) return bare(text);
  const all: number[] = [];
  for (let start = 0; start < text.length; ) {
    const end = spaceBefore(text, start + SEGMENT, start);
    for (const id of bare(text.slice(start, end))) all.push(id);
    start = end;
  }
  return all;
}

/** The last place up to `position` where a cut tears no word: before a space, else between two whole characters. */
function spaceBefore(text: string, position: number, from = 0): number {
  if (position >= text.length) return text.length;
  const lowest = Math.max(from + 1, position - 4096);
  for (let at = position; at >= lowest; at--) if (/\s/.test(text[at]!)) return at;
  return isLowSurrogate(text, position) ? position - 1 : position;
}

function spaceAfter(text: string, position: number): number {
  for (let at = position; at < Math.min(text.length, position + 4096); at++) if (/\s/.test(text[at]!)) return at;
  return isLowSurrogate(text, position) ? position + 1 : position;
}

function isLowSurrogate(text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  return code >= 0xdc00 && code <= 0xdfff;
}
