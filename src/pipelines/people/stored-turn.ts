// A rated turn as artifacts and feedback keep it, one JSON line: names and numbers, and the query's features as base64.
import { VsrError } from '../../errors/vsr-error.js';

export interface StoredTurn {
  readonly user: string;
  readonly session: string | null;
  /** Place among the person's turns of the same file; feedback counts in the order of its lines. */
  readonly order: number;
  readonly query: string;
  readonly models: readonly string[];
  /** In [−1, 1]. */
  readonly ratings: readonly number[];
  readonly kind: 'votes' | 'ratings';
  /** Nobody said this. */
  readonly simulated?: true;
  /** Worked out of the person's declared weights. */
  readonly implied?: true;
  /** Of the encoder that made `vector`. */
  readonly encoder: string;
  /** [D] float32, little-endian, base64. */
  readonly vector: string;
}

export function encodeVector(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

export function decodeVector(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float32Array(bytes.length >> 2);
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatLE(i * 4);
  return values;
}

/** How every line begins: JSON keeps the order in which its writers name the keys. */
const BEGINNING = '{"user":';

/** Lines of a file; a last line that was cut off by a crash is dropped. Throws `VSR_DATA` for any other damaged line. */
export function parseStoredTurns(text: string, where: string): StoredTurn[] {
  return turnsIn(text, where, () => true);
}

/** One person's lines of a file; those of others are not parsed, since a file holds some two dozen people. Throws as above. */
export function turnsOfUser(text: string, where: string, userId: string): StoredTurn[] {
  const own = `${BEGINNING}${JSON.stringify(userId)},`;
  const turns = turnsIn(text, where, (line) => line.startsWith(own) || !line.startsWith(BEGINNING));
  return turns.filter(({ user }) => user === userId);
}

function turnsIn(text: string, where: string, isRead: (line: string) => boolean): StoredTurn[] {
  const lines = text.split('\n');
  const torn = lines.pop(); // what follows the last line end was never finished
  const turns = lines.flatMap((line, i) => (isRead(line) ? parsed(line, `${where}:${i + 1}`) : []));
  return torn ? [...turns, ...finished(torn)] : turns;
}

function parsed(line: string, where: string): StoredTurn[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as StoredTurn];
  } catch (cause) {
    // A torn line that a later writer ended is of a write that was never confirmed.
    if (line.startsWith(BEGINNING.slice(0, line.length))) return [];
    throw new VsrError('VSR_DATA', `${where}: expected a stored turn, got broken text.`, {
      hint: 'Delete the line, or train again.',
      cause,
    });
  }
}

/** Whole but for its line end. */
function finished(line: string): StoredTurn[] {
  try {
    return [JSON.parse(line) as StoredTurn];
  } catch {
    return [];
  }
}
