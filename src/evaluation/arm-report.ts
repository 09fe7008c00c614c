// One row of the report's table: what an arm earned, what it cost, how far it is from the best and the worst one can do.
import { percentiles } from '../math/stats.js';
import type { Arm, Judged } from './arm.js';
import type { Arms } from './arms.js';
import {
  gainOver,
  gapToOracle,
  headroomClosed,
  macroMean,
  presentMean,
  regrets,
  routeShares,
  strictHitShare,
} from './choice-metrics.js';
import type { BootstrapEstimate } from './estimates.js';
import { orNull } from './or-null.js';
import type { ArmReport, Comparison } from './report.js';
import { arenaScore } from './router-arena.js';

export interface ArmContext {
  readonly arms: Arms;
  readonly judged: Judged;
  /** [N] */
  readonly tasks: readonly string[];
  readonly estimates: ReadonlyMap<Float64Array, BootstrapEstimate>;
}

export function armReport(arm: Arm, against: Comparison | null, context: ArmContext): ArmReport {
  const { arms, judged, tasks, estimates } = context;
  const answered = arm.quality.reduce((n, value) => n + Number(!Number.isNaN(value)), 0);
  const interval = estimates.get(arm.quality)?.estimate;
  const lost = regrets(judged.utilities, arm.utility).filter((value) => !Number.isNaN(value));
  const [middle, high] = percentiles(lost, [50, 95]);
  const strict = arm.choices && strictHitShare(judged.table.quality, arm.choices, arms.oracle.choices!);
  const overRandom = together(arm, arms.random);
  const overBest = together(arm, arms.bestSingleByQuality);
  const underOracle = together(arm, arms.oracle);
  return {
    name: arm.name,
    kind: arm.kind,
    model: singleModel(arm, judged.table.models),
    n: answered,
    coverage: answered / arm.quality.length,
    utility: orNull(presentMean(arm.utility)),
    quality: orNull(presentMean(arm.quality)),
    qualityInterval: interval ? { low: interval.low, high: interval.high } : null,
    qualityMacro: orNull(macroMean(arm.quality, tasks)),
    cost: orNull(presentMean(arm.cost)),
    latency: orNull(arm.latency),
    regret: lost.length > 0 ? { mean: presentMean(lost), median: middle!, p95: high! } : null,
    hit: orNull(arm.hit),
    hitStrict: strict === null ? null : orNull(strict),
    gainOverRandom: gainOver(...overRandom),
    gainOverRandomMacro: macroGain(arm, arms.random, tasks),
    gainOverBest: gainOver(...overBest),
    gainOverBestMacro: macroGain(arm, arms.bestSingleByQuality, tasks),
    gapToOracle: gapToOracle(...underOracle),
    headroomClosed: headroomClosed(...together(arm, arms.bestSingleByQuality, arms.oracle)),
    arena: orNull(arenaScore(presentMean(arm.quality), 1000 * presentMean(arm.cost))),
    against,
  };
}

/** Mean qualities of the arm and of each other, over the queries that all of them answered. */
function together<A extends Arm[]>(arm: Arm, ...others: A): [number, ...{ [K in keyof A]: number }] {
  const all = [arm, ...others].map(({ quality }) => quality);
  const sums = new Float64Array(all.length);
  let n = 0;
  for (let i = 0; i < arm.quality.length; i++) {
    let answered = true;
    for (let k = 0; k < all.length; k++) if (Number.isNaN(all[k]![i])) answered = false;
    if (!answered) continue;
    n++;
    for (let k = 0; k < all.length; k++) sums[k]! += all[k]![i]!;
  }
  return Array.from(sums, (sum) => sum / n) as [number, ...{ [K in keyof A]: number }];
}

/** Mean of the per-task ratios, over tasks where the base is above 0. */
function macroGain(arm: Arm, base: Arm, tasks: readonly string[]): number | null {
  const sums = new Map<string, { own: number; base: number; n: number }>();
  for (let i = 0; i < tasks.length; i++) {
    if (Number.isNaN(arm.quality[i]! + base.quality[i]!)) continue;
    let task = sums.get(tasks[i]!);
    if (!task) {
      task = { own: 0, base: 0, n: 0 };
      sums.set(tasks[i]!, task);
    }
    task.own += arm.quality[i]!;
    task.base += base.quality[i]!;
    task.n++;
  }
  const gains = [...sums.values()].flatMap((task) => gainOver(task.own / task.n, task.base / task.n) ?? []);
  return orNull(presentMean(gains));
}

/** The name of the one model behind a baseline, by majority where folds chose differently; null for anything that routes. */
function singleModel({ kind, name, choices }: Arm, models: readonly string[]): string | null {
  const isSingle = kind !== 'router' && choices !== null && !/lookup|oracle/.test(name);
  if (!isSingle) return null;
  const shares = routeShares(choices, models.length);
  return models[shares.indexOf(Math.max(...shares))] ?? null;
}
