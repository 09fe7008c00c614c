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
  const lost = new Float64Array(choices.length);
  choices.forEach((chosen, row) => {
    const regret = chosen < 0 ? 0 : utilities.data[row * M + best[row]!]! - utilities.data[row * M + chosen]!;
    lost[row] = regret > 0 ? regret : 0;
  });
  return largest(lost, count)
    .map((row) => ({ row, chosen: choices[row]!, regret: lost[row]! }))
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

/** Rows of the `count` largest values above 0, largest first, equal ones in row order; without sorting all rows as objects. */
function largest(values: Float64Array, count: number): number[] {
  const least = values.slice().sort().at(-count) ?? 0;
  const rows: number[] = [];
  const equal: number[] = [];
  values.forEach((value, row) => {
    if (value <= 0) return;
    if (value > least) rows.push(row);
    else if (value === least && equal.length < count) equal.push(row);
  });
  return [...rows, ...equal].sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count);
}
