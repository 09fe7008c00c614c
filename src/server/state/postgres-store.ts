// The shared state in Postgres: vsr_feedback is the list, vsr_remembered holds keys that expire, and the one row of vsr_state says
// how long the list is. Its lock puts writers in line, so that places are without gaps and in the order in which they can be seen.
import pg from 'pg';
import type { VsrError } from '../../errors/vsr-error.js';
import { listenTo } from './postgres-listener.js';
import { makeTables } from './postgres-tables.js';
import { told, unusable } from './postgres-troubles.js';
import { ServerAway, type SharedStore, type StoreEvents } from './shared-store.js';

const CONNECTIONS = 4;
/** Between two removals of what has expired. */
const SWEEP_MS = 600_000;
const CHANNEL = 'vsr_feedback';

const APPEND = `
  WITH state AS (UPDATE vsr_state SET feedback = feedback + cardinality($1::text[]) RETURNING feedback),
  added AS (
    INSERT INTO vsr_feedback (place, turn)
    SELECT state.feedback - cardinality($1::text[]) + line.i, line.turn
    FROM state, unnest($1::text[]) WITH ORDINALITY AS line (turn, i))
  SELECT pg_notify('${CHANNEL}', '') FROM state`;
// Places begin with 1. Both halves see the same moment.
const READ = `
  SELECT state.feedback::text AS length,
    ARRAY(SELECT turn FROM vsr_feedback WHERE place > $1 ORDER BY place LIMIT $2) AS lines
  FROM vsr_state AS state`;
// In the order of their keys, so that two gateways never wait for each other's rows.
const PUT = `
  INSERT INTO vsr_remembered (key, value, expires)
  SELECT entry.key, entry.value, now() + make_interval(secs => entry.seconds)
  FROM unnest($1::text[], $2::text[], $3::float8[]) AS entry (key, value, seconds)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires`;
const GET = 'SELECT value FROM vsr_remembered WHERE key = $1 AND expires > now()';
const SWEEP = 'DELETE FROM vsr_remembered WHERE expires <= now()';

/** Makes the tables where they are missing. Throws `VSR_STATE` where no Postgres answers, lets nobody in, or holds another version. */
export async function openPostgresStore(url: string, shown: string, events: StoreEvents): Promise<SharedStore> {
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    fallback_application_name: 'vsr',
  };
  let pool: pg.Pool;
  try {
    pool = new pg.Pool({ ...settings, max: CONNECTIONS });
  } catch (cause) {
    throw unusable(shown, cause as Error);
  }
  pool.on('error', () => {}); // an idle connection that broke: the next request opens another one
  const ask = async <R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]> => {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (cause) {
      throw new ServerAway(told(cause as Error).message, false, cause);
    }
    // One that breaks while it is used says so twice: here, and as the answer.
    const ignored = () => {};
    client.on('error', ignored);
    let failure: Error | undefined;
    try {
      return (await client.query<R>(text, values)).rows;
    } catch (error) {
      failure = error as Error;
      throw told(failure);
    } finally {
      client.off('error', ignored);
      client.release(failure);
    }
  };
  let listening: { close(): Promise<void> };
  try {
    await makeTables(pool, shown);
    listening = await listenTo(CHANNEL, () => new pg.Client(settings), events);
  } catch (cause) {
    await pool.end().catch(() => {});
    throw unusable(shown, cause as Error | VsrError);
  }
  const sweep = setInterval(() => void ask(SWEEP, []).catch(() => {}), SWEEP_MS).unref();
  return {
    async append(lines) {
      const done = await ask(APPEND, [lines]);
      if (done.length === 0) throw new Error('the row of vsr_state is gone');
    },
    async read(from, most) {
      const [row] = await ask<{ length: string; lines: string[] }>(READ, [from, most]);
      return { length: Number(row?.length ?? 0), lines: row?.lines ?? [] };
    },
    async put(entries) {
      const sorted = entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      await ask(PUT, [
        sorted.map(({ key }) => key),
        sorted.map(({ value }) => value),
        sorted.map(({ seconds }) => seconds),
      ]);
    },
    get: async (key) => (await ask<{ value: string }>(GET, [key]))[0]?.value,
    async close() {
      clearInterval(sweep);
      await Promise.all([listening.close(), pool.end()]);
    },
  };
}
