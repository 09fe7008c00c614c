// What went wrong with Postgres, as a sentence, and whether the server is away or said no. https://www.postgresql.org/docs/current/errcodes-appendix.html
import pg from 'pg';
import { VsrError } from '../../errors/vsr-error.js';
import { ServerAway } from './shared-store.js';

/** While opening. No sentence holds what the address holds beside host, port and database. */
export function unusable(shown: string, cause: Error): VsrError {
  if (cause instanceof VsrError) return cause;
  const code = codeOf(cause);
  const said = (sentence: string, hint: string) => new VsrError('VSR_STATE', `${shown} ${sentence}`, { hint, cause });
  if (code?.startsWith('28')) {
    return said(
      'refuses the user or the password.',
      'Expected postgres://user:password@host:5432/database; see --state.',
    );
  }
  if (code === '3D000') return said('has no such database.', 'Make it with createdb, or name another one.');
  if (code === '42501') {
    return said(
      'does not let this user make or use the tables of the state.',
      'GRANT CREATE ON SCHEMA public lets it.',
    );
  }
  if (cause instanceof pg.DatabaseError) return said(`cannot keep state: ${cause.message}.`, 'See --state.');
  if (code === 'ERR_INVALID_URL') {
    return said('is no address of a Postgres.', 'Expected postgres://user:password@host:5432/database.');
  }
  return said('does not answer as Postgres.', 'Is it running, at that address? See --state.');
}

/** Of a request on a connection that stood: what the server objects to comes back as it is. */
export function told(error: Error): Error {
  if (error instanceof pg.DatabaseError) {
    if (rolledBack(error)) return new ServerAway(error.message, false, error);
    if (!goingAway(error)) return error;
  }
  return new ServerAway(error.message || codeOf(error) || 'the connection broke', true, error);
}

/** Shutting down, starting up, or without a free connection. */
function goingAway({ code }: pg.DatabaseError): boolean {
  return code !== undefined && /^(57P0|08|53300)/.test(code);
}

/** Two requests were in each other's way; the other one was carried out. */
function rolledBack({ code }: pg.DatabaseError): boolean {
  return code?.startsWith('40') === true;
}

/** Of several addresses that were tried the first one's. */
function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: string };
  return code ?? (error instanceof AggregateError ? codeOf(error.errors[0]) : undefined);
}
