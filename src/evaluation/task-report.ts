// The report by task: who earns what where, and which task carries the difference.
import type { Arm } from './arm.js';
import type { Arms } from './arms.js';
import { presentMean } from './choice-metrics.js';
import type { BootstrapEstimate } from './estimates.js';
import { orNull } from './or-null.js';
import type { TaskReport } from './report.js';
import type { CarriedBy } from './verdict.js';

/** [N] per task, in order of appearance: the difference on its queries, NaN elsewhere. */
export function differencesByTask(difference: Float64Array, tasks: readonly string[]): Map<string, Float64Array> {
  return new Map(
    [...new Set(tasks)].map((task) => [task, difference.map((d, i) => (tasks[i] === task ? d : Number.NaN))]),
  );
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
  const without = others[0]!.map((_, i) => others.find((values) => !Number.isNaN(values[i]))?.[i] ?? Number.NaN);
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
  return [...byTask]
    .map(([task, difference]) => {
      const mean = (arm: Arm) => orNull(presentMean(arm.quality.filter((_, i) => tasks[i] === task)));
      return {
        task,
        n: tasks.filter((name) => name === task).length,
        bestSingle: mean(arms.bestSingle),
        lookup: mean(arms.lookup),
        router: mean(router),
        oracle: mean(arms.oracle),
        difference: estimates.get(difference)?.estimate ?? null,
      };
    })
    .sort((a, b) => (a.task < b.task ? -1 : 1));
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
