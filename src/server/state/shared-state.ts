// State on a server that several gateways share: ratings in one list, decisions and sessions under keys that expire.
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { VsrError } from '../../errors/vsr-error.js';
import { type GatewayState, type RatedDecision, Recent } from './gateway-state.js';
import { openPending } from './pending-entries.js';
import { openSharedRatings, type SharedRatings } from './shared-ratings.js';
import type { OpenStore } from './shared-store.js';
import { within } from './within.js';

const DECISION_S = 86_400;
const SESSION_S = 1800;
/** When a decision is looked up again, in shares of the time between two tries. */
const WRITING_DOWN = [0.05, 0.2, 1];
/** Remembered here too, for when the server is away. */
const SESSIONS = 10_000;

export interface Patience {
  /** How long a rating waits for a server that is away, and any request for its answer, in milliseconds. */
  readonly limitMs: number;
  /** Between two tries. */
  readonly retryMs: number;
  /** Between two looks at the list although nobody said that it grew: a word may be lost. */
  readonly lookMs: number;
}

const PATIENCE: Patience = { limitMs: 5000, retryMs: 200, lookMs: 15_000 };

/** Throws `VSR_STATE` where the server cannot be used, `VSR_DATA` where it holds something else. */
export async function openSharedState(
  open: OpenStore,
  url: string,
  onWarning?: (sentence: string) => void,
  { limitMs, retryMs, lookMs }: Patience = PATIENCE,
): Promise<GatewayState> {
  const shown = shownPlace(url);
  const warn = (sentence: string) => onWarning?.(sentence);
  let ratings: SharedRatings | undefined;
  let isAway = false;
  let closed = false;
  const store = await open(url, shown, {
    grew: () => void ratings?.readOn(),
    away(why) {
      if (!isAway && !closed) warn(`${shown}: ${why}; trying again.`);
      isAway = true;
    },
    returned() {
      isAway = false;
      void ratings?.readOn(true);
    },
  });
  try {
    ratings = await openSharedRatings({ store, shown, limitMs, retryMs, onWarning: warn });
  } catch (cause) {
    await store.close();
    if (cause instanceof VsrError) throw cause;
    throw new VsrError('VSR_STATE', `${shown}: ${(cause as Error).message}.`, { cause });
  }
  const { held, add, readOn } = ratings;
  void readOn(); // what came while it was being opened
  const look = setInterval(() => void readOn(), lookMs).unref();
  const pending = openPending({
    put: (entries) => within(limitMs, store.put(entries)),
    retryMs,
    onWarning: (sentence) => warn(`${shown}: ${sentence}`),
  });
  const get = async (key: string, ms = limitMs) => pending.get(key) ?? (await within(ms, store.get(key)));
  const sessions = new Recent<string>(SESSIONS);
  return {
    turnsOf: (userId) => held().turnsOf(userId),
    statistics: () => held().statistics(),
    rate: add,
    remember(decision, also) {
      pending.add({ key: keyOf('decision', decision.id), value: JSON.stringify(decision), seconds: DECISION_S });
      // By its other id a decision is found through its own.
      if (also !== undefined && also !== decision.id) {
        pending.add({ key: keyOf('decision', also), value: JSON.stringify(decision.id), seconds: DECISION_S });
      }
    },
    async recall(id) {
      try {
        let found = await recalled(get, id);
        // Another gateway that has just decided may still be writing it down.
        for (const share of found ? [] : WRITING_DOWN) {
          await pause(share * retryMs);
          found = await recalled(get, id);
          if (found) break;
        }
        return found;
      } catch (cause) {
        if (!isAway) warn(`${shown}: a decision cannot be looked up (${(cause as Error).message}).`);
        throw new VsrError('VSR_STATE', 'The server of the shared state does not say which decision this was.', {
          hint: 'Try again later.',
          cause,
        });
      }
    },
    keepSession(sessionId, model) {
      sessions.set(sessionId, model);
      pending.add({ key: keyOf('session', sessionId), value: model, seconds: SESSION_S });
    },
    // Routing waits for nobody: without the server a session stays with the model that it had on this gateway.
    async sessionModel(sessionId) {
      const here = sessions.get(sessionId);
      return isAway ? here : get(keyOf('session', sessionId), retryMs).catch(() => here);
    },
    async close() {
      closed = true;
      clearInterval(look);
      await ratings.close();
      await pending.close();
      await within(limitMs, store.close()).catch(() => {});
    },
  };
}

/** Without user, password and settings. */
export function shownPlace(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return `${url.slice(0, url.indexOf(':'))}://…`;
  }
}

/** Ids come from strangers: of any length and any letters. */
function keyOf(kind: 'decision' | 'session', id: string): string {
  return `${kind}:${createHash('sha256').update(id).digest('base64url')}`;
}

async function recalled(
  get: (key: string) => Promise<string | undefined>,
  id: string,
): Promise<RatedDecision | undefined> {
  const read = async (of: string) =>
    JSON.parse((await get(keyOf('decision', of))) ?? 'null') as RatedDecision | string | null;
  const first = await read(id);
  const found = typeof first === 'string' ? await read(first) : first;
  return found === null || typeof found === 'string' ? undefined : found;
}
