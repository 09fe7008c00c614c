// The report by task: who earns what where, and which task carries the difference.
import type { Arm } from './arm.js';
import type { Arms } from './arms.js';
import type { BootstrapEstimate } from './estimates.js';
import type { TaskReport } from './report.js';
import type { CarriedBy } from './verdict.js';

/** [N] per task, in order of appearance: the difference on its queries, NaN elsewhere. */
export function differencesByTask(difference: Float64Array, tasks: readonly string[]): Map<string, Float64Array> {
  const byTask = new Map<string, Float64Array>();
  difference.forEach((value, i) => {
    let own = byTask.get(tasks[i]!);
    if (!own) {
      own = new Float64Array(difference.length).fill(Number.NaN);
      byTask.set(tasks[i]!, own);
    }
    own[i] = value;
  });
  return byTask;
}

/** The task whose queries add most to the sign of the whole difference, and the difference without them [N]. */
export function carryingTask(
  byTask: ReadonlyMap<string, Float64Array>,
): { task: string; n: number; share: number; without: Float64Array } | null {
  const sums = [...byTask].map(([task, values]) => ({ task, ...sumOf(values) }));
  const total = sums.reduce((sum, part) => sum + part.sum, 0);
  const most = sums.reduce((a, b) => (b.sum * Math.sign(total) > a.sum * Math.sign(total) ? b : a), sums[0]!);
  if (total === 0 || sums.length < 2) return null;
  const others = [...byTask].filter(([task]) => task !== most.task).map(([, values]) => values);
  const without = others[0]!.slice();
  for (const values of others.slice(1)) {
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) without[i] = values[i]!;
  }
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
  byTask: ReadonlyMap<string, Float64Array>,
  estimates: ReadonlyMap<Float64Array, BootstrapEstimate>,
): TaskReport[] {
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(task, (counts.get(task) ?? 0) + 1);
  const [bestSingle, lookup, judged, oracle] = [arms.bestSingle, arms.lookup, router, arms.oracle].map((arm) =>
    meansByTask(arm.quality, tasks),
  );
  return [...byTask]
    .map(([task, difference]) => ({
      task,
      n: counts.get(task)!,
      bestSingle: bestSingle!.get(task) ?? null,
      lookup: lookup!.get(task) ?? null,
      router: judged!.get(task) ?? null,
      oracle: oracle!.get(task) ?? null,
      difference: estimates.get(difference)?.estimate ?? null,
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
