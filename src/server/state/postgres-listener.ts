// A connection to Postgres that only listens, and comes back where it breaks.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { StoreEvents } from './shared-store.js';

const LONGEST_PAUSE_MS = 2000;

/** Throws what the first connection throws; later ones are tried until one stands. */
export async function listenTo(
  channel: string,
  create: () => pg.Client,
  events: StoreEvents,
): Promise<{ close(): Promise<void> }> {
  let current: pg.Client;
  let closed = false;
  const connect = async () => {
    const client = create();
    current = client;
    client.on('error', () => {}); // its end says it
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    client.on('notification', () => events.grew());
    client.once('end', () => void comeBack());
  };
  const comeBack = async () => {
    if (!closed) events.away('the connection broke');
    for (let tries = 0; !closed; tries++) {
      await pause(Math.min(LONGEST_PAUSE_MS, 50 * 2 ** tries));
      try {
        if (closed) return;
        await connect();
        if (closed) return await current.end();
        events.returned();
        return;
      } catch {
        // away still
      }
    }
  };
  await connect();
  return {
    async close() {
      closed = true;
      await current.end().catch(() => {});
    },
  };
}
