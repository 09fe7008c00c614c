// All arms of a report: the baselines, the routers, the bounds, and which of them play a part in the comparisons.
import { type Arm, choiceArm, type Judged, mixtureArm, randomArm } from './arm.js';
import { argMax, columnMeans, oracleChoices } from './baselines.js';
import { type LearningPart, learnedChoices, zeroRouterMixture } from './learned-choices.js';

export interface Arms {
  /** In the order of the report's table. */
  readonly list: readonly Arm[];
  readonly random: Arm;
  /** What routers are held against: the best mean utility on train. */
  readonly bestSingle: Arm;
  /** The same by quality; the same arm where quality alone counts. */
  readonly bestSingleByQuality: Arm;
  readonly lookup: Arm;
  readonly routers: readonly Arm[];
  readonly oracle: Arm;
  /** The arms that are held against the best single model. */
  readonly compared: readonly Arm[];
}

/** @param chosen position of the judged router, whose cost the zero router meets */
export function buildArms(
  routers: readonly { readonly name: string; readonly choices: Int32Array }[],
  chosen: number,
  judged: Judged,
  parts: readonly LearningPart[],
  qualityAlone: boolean,
): Arms {
  const { table } = judged;
  const learned = learnedChoices(parts, table);
  const baseline = (name: string, choices: Int32Array) => choiceArm(name, 'baseline', choices, judged);
  const random = randomArm(judged);
  const bestSingle = baseline('best single', learned.bestSingle);
  const bestSingleByQuality = qualityAlone
    ? bestSingle
    : baseline('best single by quality', learned.bestSingleByQuality);
  const lookup = baseline('per-task lookup', learned.lookup);
  const lookupByQuality = qualityAlone ? lookup : baseline('lookup by quality', learned.lookupByQuality);
  const routerArms = routers.map(({ name, choices }) => choiceArm(name, 'router', choices, judged));
  const oracle = choiceArm('oracle', 'bound', oracleChoices(table.quality, table.cost), judged);
  const list = [
    random,
    ...(isKnown(table.cost.data) ? [baseline('cheapest', learned.cheapest)] : []),
    ...(isKnown(table.latency.data) ? [baseline('fastest', learned.fastest)] : []),
    bestSingleByQuality,
    bestSingle,
    lookupByQuality,
    lookup,
    ...optional(zeroRouterArm(routerArms[chosen]!, parts, judged)),
    ...routerArms,
    choiceArm('best single (hindsight)', 'bound', hindsight(judged), judged),
    oracle,
  ];
  return {
    list: [...new Set(list)],
    random,
    bestSingle,
    bestSingleByQuality,
    lookup,
    routers: routerArms,
    oracle,
    compared: [...new Set([lookupByQuality, lookup, ...routerArms])],
  };
}

/** Models mixed at random at the cost of `arm`; undefined where costs are unknown. */
export function zeroRouterArm(arm: Arm, parts: readonly LearningPart[], judged: Judged): Arm | undefined {
  const mixture = zeroRouterMixture(parts, judged.table, arm.cost);
  return mixture ? mixtureArm('zero router', mixture, judged) : undefined;
}

function hindsight({ table, utilities }: Judged): Int32Array {
  return new Int32Array(table.queries.length).fill(argMax(columnMeans(utilities)));
}

function isKnown(column: Float64Array): boolean {
  return column.some((value) => !Number.isNaN(value));
}

function optional<T>(item: T | undefined): T[] {
  return item === undefined ? [] : [item];
}
