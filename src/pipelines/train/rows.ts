// Which rows learn, which validate, which are folded.
import { groupIds } from '../../data/normalise-text.js';
import { routersForPeople } from '../../routers/registry.js';
import type { OutcomeData } from '../learning/outcome-data.js';
import type { KnownPeople } from '../people/known-people.js';

export interface SplitRows {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export function rowsOf({ splits }: OutcomeData): SplitRows {
  const where = (name: string) => Int32Array.from(splits.keys()).filter((i) => splits[i] === name);
  return { train: where('train'), validation: where('validation'), test: where('test') };
}

/** Every row but those that the data itself reserves for testing; where other things than queries are held out, every row. */
export function rowsToFold({ table, by }: OutcomeData): Int32Array {
  if (by !== 'query') return Int32Array.from(table.queries.keys());
  return Int32Array.from(table.queries.keys()).filter((i) => table.queries[i]!.split !== 'test');
}

/** Below this many test groups `--folds auto` scores out of fold, so that analyze has every query to judge by. */
const FEW_TEST_GROUPS = 300;
const AUTO_FOLDS = 5;
/** Up to so many turns, `--folds auto` foretells those of real people: every fold fits each router that knows the person once more. */
const FEW_TURNS = 5000;
/** Folds of people, and of the queries that they share: nine fits a router at most. */
const AUTO_PEOPLE_FOLDS = 3;

/** 0 = no folds. Never more folds than groups to fold. */
export function foldCount(folds: number | 'auto', data: OutcomeData): number {
  const groups = (rows: Int32Array) => new Set(Array.from(rows, (row) => data.groups[row])).size;
  const units = (rows: Int32Array) => new Set(groupIds(Array.from(rows, (row) => data.units[row]!))).size;
  const wanted = folds === 'auto' ? (groups(rowsOf(data).test) < FEW_TEST_GROUPS ? AUTO_FOLDS : 0) : folds;
  const possible = Math.min(wanted, units(rowsToFold(data)));
  return possible < 2 ? 0 : possible;
}

/** In how many folds of people each one's votes are foretold from the others'; 0 = in none. By itself only for routers that know the person. */
export async function peopleFoldCount(
  folds: number | 'auto',
  routers: readonly string[],
  { turns, simulated }: Pick<KnownPeople, 'turns' | 'simulated'>,
): Promise<number> {
  if (turns.length === 0) return 0;
  if (folds !== 'auto') return folds > 1 ? folds : 0;
  if (simulated || turns.length > FEW_TURNS) return 0;
  return (await routersForPeople(routers)).size > 0 ? AUTO_PEOPLE_FOLDS : 0;
}
