// State in Redis: ratings in one list that every gateway reads to its end whenever another one says that it grew.
import { createClient } from 'redis';
import { VsrError } from '../../errors/vsr-error.js';
import type { StoredTurn } from '../../pipelines/people/stored-turn.js';
import { type GatewayState, type RatedDecision, Ratings } from './gateway-state.js';

const PREFIX = 'vsr:';
const FEEDBACK = `${PREFIX}feedback`;
const GREW = `${PREFIX}feedback-grew`;
const DECISION_S = 86_400;
const SESSION_S = 1800;
/** Turns read from the list at once. */
const PAGE = 1000;

/** Throws `VSR_USAGE` where no Redis answers. */
export async function openRedisState(url: string, onWarning?: (sentence: string) => void): Promise<GatewayState> {
  const shown = url.replace(/\/\/[^/@]*@/, '//');
  const client = createClient({
    url,
    socket: { connectTimeout: 5000, reconnectStrategy: (tries) => reconnect(tries) },
  });
  let open = false;
  const reconnect = (tries: number) => (open ? Math.min(2000, 50 * 2 ** tries) : new Error('no Redis'));
  client.on('error', (error: Error) => {
    if (open) onWarning?.(`${shown}: ${error.message || 'the connection broke'}; trying again.`);
  });
  try {
    await client.connect();
  } catch (cause) {
    throw new VsrError('VSR_USAGE', `${shown} does not answer as Redis.`, {
      hint: 'Is it running? See --state.',
      cause,
    });
  }
  open = true;
  const ratings = new Ratings();
  let taken = 0;
  let reading: Promise<void> | undefined;
  let again = false;
  const readOn = async () => {
    do {
      again = false;
      for (;;) {
        const lines = await client.lRange(FEEDBACK, taken, taken + PAGE - 1);
        for (const line of lines) ratings.take(JSON.parse(line) as StoredTurn);
        taken += lines.length;
        if (lines.length < PAGE) break;
      }
    } while (again);
  };
  const catchUp = () => {
    again = true;
    reading ??= readOn().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const listener = client.duplicate();
  listener.on('error', () => {});
  await listener.connect();
  await listener.subscribe(GREW, () => void catchUp().catch(() => {}));
  await catchUp();
  const lost = (error: Error) => onWarning?.(`${shown}: ${error.message}`);
  return {
    turnsOf: (userId) => ratings.turnsOf(userId),
    statistics: () => ratings.statistics(),
    async rate(turn) {
      await client.rPush(FEEDBACK, JSON.stringify(turn));
      await client.publish(GREW, '');
      await catchUp();
    },
    remember(decision, also) {
      const text = JSON.stringify(decision);
      for (const id of [decision.id, ...(also === undefined ? [] : [also])]) {
        client.set(`${PREFIX}decision:${id}`, text, { expiration: { type: 'EX', value: DECISION_S } }).catch(lost);
      }
    },
    async recall(id) {
      const text = await client.get(`${PREFIX}decision:${id}`);
      return text === null ? undefined : (JSON.parse(text) as RatedDecision);
    },
    keepSession(sessionId, model) {
      client.set(`${PREFIX}session:${sessionId}`, model, { expiration: { type: 'EX', value: SESSION_S } }).catch(lost);
    },
    sessionModel: async (sessionId) => (await client.get(`${PREFIX}session:${sessionId}`)) ?? undefined,
    async close() {
      open = false;
      await reading?.catch(() => {});
      listener.destroy();
      await client.close();
    },
  };
}
