// Votes of Chatbot Arena as Parquet: question_id, model_a, model_b, winner, judge, conversation_a [{content, role}], turn, tstamp.
import { VsrError } from '../../errors/vsr-error.js';
import { type JsonObject, wrong } from '../field.js';
import { readWholeFile } from '../open-file.js';
import type { RatedTurn } from './rated-turn.js';
import { timeOf, turnOf, userOf, voteOf } from './turn-fields.js';

const NEEDED = ['model_a', 'model_b', 'winner', 'conversation_a'];
const USER = ['judge', 'user_id', 'user'];
const OPTIONAL = ['question_id', 'turn', 'tstamp', 'time', 'ts'];

/** Rows in file order; the query is the first message of the user. Throws VSR_FILE and VSR_DATA. */
export async function readArenaParquet(path: string): Promise<RatedTurn[]> {
  const bytes = await readWholeFile(path);
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const unreadable = (error: unknown) =>
    new VsrError('VSR_DATA', `${path} cannot be read as Parquet (${(error as Error).message}).`, {
      hint: 'Write it again, for example with pandas: to_parquet(path, compression="snappy").',
      cause: error,
    });
  let present: string[];
  try {
    present = parquetSchema(parquetMetadata(file)).children.map(({ element }) => element.name);
  } catch (error) {
    throw unreadable(error);
  }
  refuseOtherColumns(present, path);
  let rows: Record<string, unknown>[];
  try {
    const columns = [...NEEDED, ...USER, ...OPTIONAL].filter((name) => present.includes(name));
    rows = await parquetReadObjects({ file, compressors, columns });
  } catch (error) {
    throw unreadable(error);
  }
  return rows.map((row, i) => turnFrom(row, `${path}, row ${i + 1}`));
}

function refuseOtherColumns(present: readonly string[], path: string): void {
  const missing = NEEDED.filter((name) => !present.includes(name));
  if (!USER.some((name) => present.includes(name))) missing.push('judge');
  if (missing.length === 0) return;
  throw new VsrError(
    'VSR_DATA',
    `${path}: expected the columns ${[...NEEDED, 'judge'].join(', ')}; ${missing.join(', ')} missing, found ${present.join(', ')}.`,
    {
      hint: 'Votes may also be JSON lines: {"user_id","query","model_a","model_b","winner","turn"}.',
    },
  );
}

function turnFrom(row: JsonObject, where: string): RatedTurn {
  const fields = Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
  );
  const conversation = fields.conversation_a;
  const first = Array.isArray(conversation)
    ? (conversation as readonly JsonObject[]).find((message) => message?.role === 'user')
    : undefined;
  if (typeof first?.content !== 'string' || first.content.trim() === '') {
    throw wrong(`${where}: conversation_a`, 'messages of which one is of the user', conversation);
  }
  return {
    userId: userOf(fields, where),
    query: first.content,
    // Every vote of the arena is about a conversation of its own; `turn` there counts its turns.
    sessionId: null,
    turn: turnOf(fields, where),
    time: timeOf(fields, where),
    ...voteOf(fields, where),
    where,
  };
}
