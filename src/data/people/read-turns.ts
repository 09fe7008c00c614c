// Reads any file of votes or ratings, known by its name's ending and its keys.
import { readArenaParquet } from './arena-parquet.js';
import { readPersonalizedRouterCsv } from './personalizedrouter-csv.js';
import type { RatedTurn } from './rated-turn.js';
import { readTurnLines } from './read-turn-lines.js';

/** .parquet: the arena's votes; .csv: PersonalizedRouter's table; else JSON lines. Throws VSR_FILE and VSR_DATA. */
export async function readTurns(path: string): Promise<readonly RatedTurn[]> {
  if (/\.parquet$/i.test(path)) return readArenaParquet(path);
  if (/\.csv$/i.test(path)) return (await readPersonalizedRouterCsv(path)).turns;
  return readTurnLines(path);
}
