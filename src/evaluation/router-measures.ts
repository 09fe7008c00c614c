// What other evaluations would say of a router: RouterEval's ratios, RouterArena's optimality, RouteLLM's weak–strong curve, and its ranking.
// RouterArena, arXiv 2510.00202; RouteLLM, arXiv 2406.18665.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import type { Arm, Judged } from './arm.js';
import type { Arms } from './arms.js';
import { argMax, argMin, columnMeans } from './baselines.js';
import { presentMean } from './choice-metrics.js';
import { orNull } from './or-null.js';
import { type ChoiceClasses, choiceClasses, type Ranking, rankingOf } from './ranking.js';
import { averageGapRecovered, callShareFor, strongWeakCurve } from './strong-weak.js';

export interface RouterMeasures {
  readonly router: string;
  /** null where only the choices are known. */
  readonly ranking: Ranking | null;
  readonly classes: ChoiceClasses;
  /** Quality over that of the best single model, as learned (V_B) and in hindsight (V_R). */
  readonly overBest: number | null;
  readonly overReference: number | null;
  /** Of the queries that some model gets right: share sent to the cheapest of the best; what these would have cost over what was paid. */
  readonly optimalChoice: number | null;
  readonly optimalCost: number | null;
  /** Quality over the oracle's. */
  readonly optimalQuality: number | null;
  /** null with one model, without costs or scores, or where the cheapest model is the best. */
  readonly strongWeak: StrongWeak | null;
}

export interface StrongWeak {
  readonly weak: string;
  readonly strong: string;
  /** ∫ of the recovered gap over the share sent to the strong model; at random ½. */
  readonly apgr: number | null;
  /** Share sent to the strong model at which 20, 50, 80 and 95 % of the gap are recovered; null = never. */
  readonly cpt: readonly { readonly recovered: number; readonly share: number | null }[];
}

export interface MeasuresInput {
  readonly arm: Arm;
  readonly arms: Arms;
  readonly judged: Judged;
  /** [N×M] */
  readonly expected: Matrix | undefined;
  /** What weak and strong are learned on. */
  readonly learned: OutcomeTable;
}

const RECOVERED = [0.2, 0.5, 0.8, 0.95];

export function routerMeasures({ arm, arms, judged, expected, learned }: MeasuresInput): RouterMeasures {
  const { table } = judged;
  const hindsight = arms.list.find(({ name }) => name === 'best single (hindsight)')!;
  return {
    router: arm.name,
    ranking: expected ? rankingOf(expected, table) : null,
    classes: choiceClasses(arm.choices!, table),
    overBest: qualityOver(arm, arms.bestSingleByQuality),
    overReference: qualityOver(arm, hindsight),
    ...optimality(arm, arms.oracle),
    optimalQuality: qualityOver(arm, arms.oracle),
    strongWeak: expected ? strongWeak(expected, table, learned) : null,
  };
}

/** Over the queries that both answered. */
function qualityOver(arm: Arm, other: Arm): number | null {
  let [own, base] = [0, 0];
  for (let i = 0; i < arm.quality.length; i++) {
    if (Number.isNaN(arm.quality[i]! + other.quality[i]!)) continue;
    own += arm.quality[i]!;
    base += other.quality[i]!;
  }
  return base > 0 ? own / base : null;
}

function optimality(arm: Arm, oracle: Arm): { optimalChoice: number | null; optimalCost: number | null } {
  let [n, hits, paid, least] = [0, 0, 0, 0];
  for (let i = 0; i < arm.quality.length; i++) {
    if (Number.isNaN(arm.quality[i]) || !(oracle.quality[i]! > 0)) continue;
    n++;
    if (arm.choices![i] === oracle.choices![i]) hits++;
    if (Number.isNaN(arm.cost[i]! + oracle.cost[i]!)) continue;
    paid += arm.cost[i]!;
    least += oracle.cost[i]!;
  }
  return { optimalChoice: orNull(hits / n), optimalCost: paid > 0 ? least / paid : null };
}

/** The cheapest and the best model of the learning rows, on the queries that both answered. */
function strongWeak(expected: Matrix, table: OutcomeTable, learned: OutcomeTable): StrongWeak | null {
  const [strong, weak] = [argMax(columnMeans(learned.quality)), argMin(columnMeans(learned.cost))];
  if (strong < 0 || weak < 0 || strong === weak) return null;
  const M = table.models.length;
  const cell = (values: ArrayLike<number>, i: number, m: number) => values[i * M + m]!;
  const rows = Int32Array.from(table.queries.keys()).filter(
    (i) => !Number.isNaN(cell(table.quality.data, i, strong) + cell(table.quality.data, i, weak)),
  );
  const column = (of: (row: number) => number) => Float64Array.from(rows, of);
  const strongQuality = column((i) => cell(table.quality.data, i, strong));
  const weakQuality = column((i) => cell(table.quality.data, i, weak));
  const win = column((i) => cell(expected.data, i, strong) - cell(expected.data, i, weak));
  if (rows.length === 0) return null;
  const curve = strongWeakCurve(win, strongQuality, weakQuality);
  const [low, high] = [presentMean(weakQuality), presentMean(strongQuality)];
  return {
    weak: table.models[weak]!,
    strong: table.models[strong]!,
    apgr: averageGapRecovered(curve, low, high),
    cpt: RECOVERED.map((recovered) => ({ recovered, share: callShareFor(curve, low, high, recovered) })),
  };
}
