// The report by task: who earns what where, and which task carries the difference.
import type { Arm } from './arm.js';
import type { Arms } from './arms.js';
import type { BootstrapEstimate } from './estimates.js';
import type { TaskReport } from './report.js';
import type { CarriedBy } from './verdict.js';

/** The queries of a task, and the difference on each of them; NaN where one of the two did not answer. */
export interface TaskDifference {
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** In order of appearance. */
export function differencesByTask(difference: Float64Array, tasks: readonly string[]): Map<string, TaskDifference> {
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(task, (counts.get(task) ?? 0) + 1);
  const byTask = new Map(
    [...counts].map(([task, n]) => [task, { rows: new Int32Array(n), values: new Float64Array(n), filled: 0 }]),
  );
  for (let i = 0; i < difference.length; i++) {
    const task = byTask.get(tasks[i]!)!;
    task.rows[task.filled] = i;
    task.values[task.filled++] = difference[i]!;
  }
  return new Map([...byTask].map(([task, { rows, values }]) => [task, { rows, values }]));
}

/** The task whose queries add most to the sign of the whole difference, and the difference without them [N]. */
export function carryingTask(
  difference: Float64Array,
  byTask: ReadonlyMap<string, TaskDifference>,
): { task: string; n: number; share: number; without: Float64Array } | null {
  const sums = [...byTask].map(([task, { values }]) => ({ task, ...sumOf(values) }));
  const total = sums.reduce((sum, part) => sum + part.sum, 0);
  const most = sums.reduce((a, b) => (b.sum * Math.sign(total) > a.sum * Math.sign(total) ? b : a), sums[0]!);
  if (total === 0 || sums.length < 2) return null;
  const without = difference.slice();
  for (const row of byTask.get(most.task)!.rows) without[row] = Number.NaN;
  return { task: most.task, n: most.n, share: most.sum / total, without };
}

export function carriedBy(
  carrying: ReturnType<typeof carryingTask>,
  estimates: ReadonlyMap<Float64Array, BootstrapEstimate>,
): CarriedBy | null {
  const without = carrying && estimates.get(carrying.without)?.estimate;
  return carrying && without ? { task: carrying.task, n: carrying.n, share: carrying.share, without } : null;
}

export function taskReports(
  arms: Arms,
  router: Arm,
  tasks: readonly string[],
  byTask: ReadonlyMap<string, TaskDifference>,
  estimates: ReadonlyMap<Float64Array, BootstrapEstimate>,
): TaskReport[] {
  const [bestSingle, lookup, judged, oracle] = [arms.bestSingle, arms.lookup, router, arms.oracle].map((arm) =>
    meansByTask(arm.quality, tasks),
  );
  return [...byTask]
    .map(([task, { rows, values }]) => ({
      task,
      n: rows.length,
      bestSingle: bestSingle!.get(task) ?? null,
      lookup: lookup!.get(task) ?? null,
      router: judged!.get(task) ?? null,
      oracle: oracle!.get(task) ?? null,
      difference: estimates.get(values)?.estimate ?? null,
    }))
    .sort((a, b) => (a.task < b.task ? -1 : 1));
}

/** Mean of the values that are not NaN, per task that has any. */
function meansByTask(values: Float64Array, tasks: readonly string[]): Map<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    let task = sums.get(tasks[i]!);
    if (!task) {
      task = { sum: 0, n: 0 };
      sums.set(tasks[i]!, task);
    }
    task.sum += value;
    task.n++;
  });
  return new Map([...sums].map(([task, { sum, n }]) => [task, sum / n]));
}

function sumOf(values: Float64Array): { sum: number; n: number } {
  let sum = 0;
  let n = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  return { sum, n };
}
