// The tables of the shared state, made by whoever comes first.
import type pg from 'pg';
import { VsrError } from '../../errors/vsr-error.js';
import { SCHEMA } from './shared-store.js';

/** Any number that others are unlikely to lock: "vsr" as letters. */
const LOCK = 0x767372;

const TABLES = `
  CREATE TABLE vsr_feedback (place bigint PRIMARY KEY, turn text NOT NULL);
  CREATE TABLE vsr_remembered (key text PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
  CREATE INDEX vsr_remembered_expires ON vsr_remembered (expires);
  CREATE TABLE vsr_state (one boolean PRIMARY KEY DEFAULT true CHECK (one), schema integer NOT NULL, feedback bigint NOT NULL);
  INSERT INTO vsr_state (schema, feedback) VALUES (${SCHEMA}, 0);`;

/** Two gateways that start together wait for each other; whoever finds tables makes none, and needs no right to. Throws `VSR_STATE` for those of another version. */
export async function makeTables(pool: pg.Pool, shown: string): Promise<void> {
  const client = await pool.connect();
  const ignored = () => {};
  client.on('error', ignored);
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    const { rows } = await client.query("SELECT to_regclass('vsr_state') IS NOT NULL AS there");
    if (!rows[0].there) await client.query(TABLES);
    const [found] = (await client.query<{ schema: number }>('SELECT schema FROM vsr_state')).rows;
    await client.query('COMMIT');
    if (found?.schema !== SCHEMA) {
      throw new VsrError(
        'VSR_STATE',
        `${shown} holds the state of another version (${found?.schema}, here it is ${SCHEMA}).`,
        { hint: 'Run the same version everywhere, or name another database.' },
      );
    }
  } catch (error) {
    failure = error as Error; // closing the connection undoes the rest
    throw error;
  } finally {
    client.off('error', ignored);
    client.release(failure);
  }
}
