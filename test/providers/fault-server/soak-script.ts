// The script of both soaks: every fifth call meets a fault, and for each it is written what it must end in, after how many requests.
import { answer } from './answers.js';
import type { Behaviour, Script } from './fault-server.js';
import { cutInTheMiddle, errorMidway, hangUp, status, truncatedJson, unfinishedStream, webPage } from './faults.js';

export const SOAK_RETRIES = 4;

interface Fate {
  /** What the first requests meet; then `forever`, else an answer. */
  readonly first?: readonly Behaviour[];
  readonly forever?: Behaviour;
  /** The status of the cell, or of the failed call. */
  readonly ends: 'ok' | 'server_error' | 'network' | 'filtered' | 'rate_limited' | 'too_long' | 'empty' | 'truncated';
  /** null: no quality. */
  readonly quality: 0 | 1 | null;
  readonly requests: number;
}

const error = (code: string) => ({ error: { message: 'no', code } });
const RIGHT: Fate = { ends: 'ok', quality: 1, requests: 1 };
const after = (...first: Behaviour[]): Fate => ({ ...RIGHT, first, requests: first.length + 1 });
const missing = (ends: Fate['ends'], forever: Behaviour): Fate => ({
  forever,
  ends,
  quality: null,
  requests: 1 + SOAK_RETRIES,
});
const zero = (ends: Fate['ends'], forever: Behaviour, requests = 1): Fate => ({ forever, ends, quality: 0, requests });

/** 429s, 5xx, cut and hung up connections, torn JSON and streams, odd bodies, refusals: each in turn. */
const FATES: readonly Fate[] = [
  after(status(429, { 'retry-after-ms': '1' })),
  after(status(503), hangUp),
  after(cutInTheMiddle),
  after(truncatedJson, errorMidway(), unfinishedStream),
  after(status(529), status(408)),
  after(status(200, {}, error('upstream')), webPage),
  missing('server_error', status(500)),
  missing('network', hangUp),
  missing('rate_limited', status(429)),
  zero('filtered', status(400, {}, error('content_filter'))),
  zero('too_long', status(400, {}, error('context_length_exceeded'))),
  zero('empty', answer(''), 2),
  zero('truncated', answer('so we', { finish: 'length' })),
];

export function fateOf(i: number): Fate {
  return i % 5 === 0 ? FATES[(i / 5) % FATES.length]! : RIGHT;
}

/** `number`: which call a prompt is of; `right`: the answer to it. */
export function soakScript(number: (prompt: string) => number, right: (i: number) => string): Script {
  return ({ prompt, nth }) => {
    const i = number(prompt);
    const { first = [], forever } = fateOf(i);
    return first[nth - 1] ?? forever ?? answer(right(i));
  };
}

/** A clock that lets no time pass but what is waited for, which takes none: what `wait` and `now` of a run are to be. */
export function jumpingClock(): { readonly now: () => number; readonly wait: (ms: number) => Promise<void> } {
  let time = Date.now();
  return {
    now: () => time,
    wait: async (ms) => {
      time += ms;
    },
  };
}
