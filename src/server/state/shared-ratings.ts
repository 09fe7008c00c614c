// Ratings in one list on a server: every gateway adds to its end, and reads on to it whenever another one says that it grew.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { VsrError } from '../../errors/vsr-error.js';
import type { StoredTurn } from '../../pipelines/people/stored-turn.js';
import { Ratings, Recent } from './gateway-state.js';
import { ServerAway, type SharedStore } from './shared-store.js';
import { within } from './within.js';

export interface SharedRatings {
  /** As far as they have been read. */
  held(): Ratings;
  /** Resolves once the server has confirmed the rating and this gateway has read it. Throws a sentence for whoever rated. */
  add(turn: StoredTurn): Promise<void>;
  /** Reads on to the end, or from the beginning where the list may be another one. Never rejects: there is a next look. */
  readOn(fromBeginning?: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface SharedRatingsSettings {
  readonly store: Pick<SharedStore, 'append' | 'read'>;
  /** The server's name in warnings. */
  readonly shown: string;
  /** How long a rating waits for a server that is away, and any request for its answer, in milliseconds. */
  readonly limitMs: number;
  /** Between two tries. */
  readonly retryMs: number;
  readonly onWarning: (sentence: string) => void;
}

/** Lines read at once. */
const PAGE = 1000;
/** A line that stands twice within so many was sent twice, because nobody knew whether it had arrived: it counts once, for every reader. */
const REPEATED_WITHIN = 20_000;

/** Reads the list before it resolves. Throws `VSR_DATA` where something else stands in it, `ServerAway` where it cannot be read. */
export async function openSharedRatings(settings: SharedRatingsSettings): Promise<SharedRatings> {
  const { store, shown, limitMs, retryMs, onWarning } = settings;
  let held = emptyList();
  /** What the server kept may differ from what was read: its newest lines can be lost with it. */
  let stale = false;
  let again = false;
  let reading: Promise<void> | undefined;
  let closed = false;

  const readToTheEnd = async () => {
    let into = stale ? emptyList() : held;
    stale = false;
    for (let length = Number.POSITIVE_INFINITY; into.place < length; ) {
      const page = await within(limitMs, store.read(into.place, PAGE));
      length = page.length;
      if (length < into.place) {
        into = emptyList();
        continue;
      }
      take(into, page.lines, shown);
      if (page.lines.length === 0) break;
    }
    if (into.place < held.place) {
      onWarning(`${shown} has lost ratings: it holds ${into.place} where it held ${held.place}.`);
    }
    held = into;
  };
  const readWhileItGrows = async () => {
    while (again) {
      again = false;
      const wasStale = stale;
      try {
        await readToTheEnd();
      } catch (error) {
        stale ||= wasStale;
        if (!(error instanceof ServerAway) && !closed) onWarning((error as Error).message);
      }
    }
    reading = undefined;
  };
  const readOn = (fromBeginning = false) => {
    stale ||= fromBeginning;
    again = true;
    reading ??= readWhileItGrows();
    return reading;
  };

  let waiting: { readonly line: string; readonly kept: () => void; readonly lost: (error: unknown) => void }[] = [];
  let appending: Promise<void> | undefined;
  /** All that waits is sent together. */
  const appendAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await append(batch.map(({ line }) => line));
        for (const { kept } of batch) kept();
      } catch (error) {
        for (const { lost } of batch) lost(error);
      }
    }
    appending = undefined;
  };
  /** Sent again until it is confirmed or the time is over. */
  const append = async (lines: readonly string[]) => {
    let sent = false;
    for (const until = performance.now() + limitMs; ; await pause(retryMs)) {
      try {
        return await within(limitMs, store.append(lines));
      } catch (error) {
        const away = error instanceof ServerAway;
        if (away && error.sent) sent = true;
        if (away && !closed && performance.now() + retryMs < until) continue;
        onWarning(`${shown}: ${lines.length} ratings are not confirmed (${(error as Error).message}).`);
        throw new Error(whyNot(away, sent), { cause: error });
      }
    }
  };
  await readToTheEnd();
  return {
    held: () => held.ratings,
    async add(turn) {
      await new Promise<void>((kept, lost) => {
        waiting.push({ line: JSON.stringify({ ...turn, id: randomUUID() }), kept, lost });
        appending ??= appendAll();
      });
      await readOn();
    },
    readOn,
    async close() {
      closed = true;
      await appending;
      await reading;
    },
  };
}

/** For strangers: no address of a server. */
function whyNot(isAway: boolean, wasSent: boolean): string {
  if (!isAway) return 'the server of the shared state refuses it';
  return wasSent
    ? 'the server of the shared state fell silent, and may have kept it all the same'
    : 'the server of the shared state is away';
}

/** What was read of the list. */
interface Read {
  readonly ratings: Ratings;
  readonly ids: Recent<true>;
  /** Lines. */
  place: number;
}

function emptyList(): Read {
  return { ratings: new Ratings(), ids: new Recent(REPEATED_WITHIN), place: 0 };
}

/** All lines, or none where one is broken. */
function take(into: Read, lines: readonly string[], shown: string): void {
  const turns = lines.map((line, i) => parsedLine(line, `${shown}: rating ${into.place + i + 1}`));
  for (const { id, ...turn } of turns) {
    if (id === undefined || into.ids.get(id) === undefined) into.ratings.take(turn);
    if (id !== undefined) into.ids.set(id, true);
  }
  into.place += lines.length;
}

function parsedLine(line: string, where: string): StoredTurn & { readonly id?: string } {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new VsrError('VSR_DATA', `${where}: expected a stored turn, got broken text.`, {
      hint: 'If something else writes there, give --state another database.',
      cause,
    });
  }
}
