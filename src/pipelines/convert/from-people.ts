// Other software's files of people → ours: votes and ratings as a history, PersonalizedRouter's table also as outcomes and users.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../artifacts/atomic-write.js';
import type { VsrConfig } from '../../config/schema.js';
import { outcomeRowToJson } from '../../data/outcome-row.js';
import { readArenaParquet } from '../../data/people/arena-parquet.js';
import { readPersonalizedRouterCsv } from '../../data/people/personalizedrouter-csv.js';
import type { RatedTurn } from '../../data/people/rated-turn.js';
import { readTurnLines } from '../../data/people/read-turn-lines.js';
import { turnToJson } from '../../data/people/write-turns.js';
import { metaPathOf } from '../../data/read-outcomes.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { ConvertResult } from '../convert.js';
import { requireFree } from './outputs.js';

export type PeopleFormat = 'votes' | 'arena' | 'gmtrouter' | 'personalizedrouter';

/** What each form holds that ours does not. */
const LEFT_OUT: Readonly<Record<PeopleFormat, string>> = {
  votes: 'keys other than who, when, query, models and what was said',
  arena: 'answers, and all messages but the first of the user',
  gmtrouter: 'embeddings (queries are embedded anew) and answers',
  personalizedrouter: 'answers, embeddings, and costs, which are scaled there and no dollars',
};

/** Reads `input` whole before anything is written. Throws `VSR_USAGE`, `VSR_FILE`, and `VSR_DATA` with file and line. */
export async function convertPeople(
  from: PeopleFormat,
  input: string,
  output: string,
  config: VsrConfig,
): Promise<ConvertResult> {
  if (!existsSync(input)) {
    throw new VsrError('VSR_FILE', `${input}: no such file.`, { hint: 'Check --input.' });
  }
  if (from === 'personalizedrouter') return convertTable(input, output, config);
  requireFree(config, [output]);
  const turns = from === 'arena' ? await readArenaParquet(input) : await readTurnLines(input);
  writeFileAtomically(output, lines(turns.map(turnToJson)));
  return { written: [output], held: [sentence(input, turns, from)] };
}

async function convertTable(input: string, folder: string, config: VsrConfig): Promise<ConvertResult> {
  const paths = {
    outcomes: join(folder, 'outcomes.jsonl'),
    users: join(folder, 'users.jsonl'),
    history: join(folder, 'history.jsonl'),
  };
  requireFree(config, [...Object.values(paths), metaPathOf(paths.outcomes)]);
  const { outcomes, users, turns } = await readPersonalizedRouterCsv(input);
  mkdirSync(folder, { recursive: true });
  const written = [paths.outcomes];
  writeFileAtomically(paths.outcomes, lines(outcomes.map(outcomeRowToJson)));
  if (users.length > 0) {
    const rows = users.map(({ userId, quality, latency, cost }) => ({
      user_id: userId,
      preferences: { quality, latency, cost },
    }));
    writeFileAtomically(paths.users, lines(rows));
    written.push(paths.users);
  }
  if (turns.length > 0) {
    writeFileAtomically(paths.history, lines(turns.map(turnToJson)));
    written.push(paths.history);
  }
  const held = `${outcomes.length} queries, ${users.length} users with preferences`;
  return { written, held: [`${input}: ${held}; ${sentence('', turns, 'personalizedrouter')}`] };
}

function sentence(input: string, turns: readonly RatedTurn[], from: PeopleFormat): string {
  const users = new Set(turns.map(({ userId }) => userId)).size;
  const votes = turns.filter(({ kind }) => kind === 'votes').length;
  const wide = turns.filter(({ kind, models }) => kind === 'votes' && models.length > 2).length;
  const choices = wide > 0 ? `; ${wide} choices among more than two models became ratings of 1 and −1` : '';
  return `${input === '' ? '' : `${input}: `}${votes} votes and ${turns.length - votes} ratings of ${users} people${choices}; not carried: ${LEFT_OUT[from]}`;
}

function lines(rows: readonly object[]): string[] {
  return rows.map((row) => `${JSON.stringify(row)}\n`);
}
