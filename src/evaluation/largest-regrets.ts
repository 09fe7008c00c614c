// The decisions that cost most: where the judged router went, where it should have gone.
import type { Matrix } from '../math/matrix.js';
import type { Judged } from './arm.js';
import { oracleChoices } from './baselines.js';
import { orNull } from './or-null.js';

export interface DecisionReport {
  readonly id: string;
  readonly query: string;
  readonly task: string;
  readonly chosen: string;
  readonly chosenQuality: number;
  /** The model of the largest utility; ties to the cheapest. */
  readonly best: string;
  readonly bestQuality: number;
  /** In utility. */
  readonly regret: number;
  /** What the router expected of each model; null where it is not known. */
  readonly expected: Readonly<Record<string, number | null>> | null;
}

/**
 * The `count` largest, equal ones in row order; rows whose chosen cell is missing are left out.
 * @param choices [N] column chosen; -1 = none
 * @param tasks [N]
 * @param expected [N×M] expected qualities
 */
export function largestRegrets(
  { table, utilities }: Judged,
  choices: Int32Array,
  tasks: readonly string[],
  expected: Matrix | undefined,
  count = 10,
): DecisionReport[] {
  const M = table.models.length;
  const best = oracleChoices(utilities, table.cost);
  return Array.from(choices, (chosen, row) => ({
    row,
    chosen,
    regret: chosen < 0 ? Number.NaN : utilities.data[row * M + best[row]!]! - utilities.data[row * M + chosen]!,
  }))
    .filter(({ regret }) => regret > 0)
    .sort((a, b) => b.regret - a.regret || a.row - b.row)
    .slice(0, count)
    .map(({ row, chosen, regret }) => ({
      id: table.queries[row]!.id,
      query: table.queries[row]!.query,
      task: tasks[row]!,
      chosen: table.models[chosen]!,
      chosenQuality: table.quality.data[row * M + chosen]!,
      best: table.models[best[row]!]!,
      bestQuality: table.quality.data[row * M + best[row]!]!,
      regret,
      expected: expected
        ? Object.fromEntries(table.models.map((model, m) => [model, orNull(expected.data[row * M + m]!)]))
        : null,
    }));
}
