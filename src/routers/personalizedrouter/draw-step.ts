// Draws one training step: whom to ask about which queries, what of their past is known, and which queries show their outcomes.
import type { Random } from '../../math/random.js';
import type { LearningData, LearningPerson, PastGroup } from './learning-data.js';
import type { PersonalizedRouterParams } from './params.js';
import { bestShares, type RatedGroup } from './rated-group.js';
import { type RatedTargets, ratedTargets } from './rated-targets.js';
import { weighed } from './user-weights.js';

export interface Step {
  /** Table rows whose outcomes are targets. */
  readonly targets: Int32Array;
  readonly rated: readonly RatedTargets[];
  /** Table rows that show their outcomes: none of a text that is a target here, of whatever user. */
  readonly visible: Int32Array;
  /** Texts (pool groups) that are targets. */
  readonly hidden: ReadonlySet<number>;
  /** true: tasks and declared weights are left out now and then, so that the network also knows what to do without. */
  readonly dropping: boolean;
}

/** Queries whose outcomes are shown at a step. */
const MOST_VISIBLE = 512;
/** Targets that share one draw of a person's past. */
const TARGETS_TOGETHER = 8;
/** Of a person's rated queries, so many are targets at most at a step: the others are the past. */
const TARGET_SHARE = 0.3;
const WEIGHTS_DROPPED = 0.3;
const SAME_REWARD = 1e-9;

export interface StepSource {
  readonly data: LearningData;
  readonly params: PersonalizedRouterParams;
  /** Table rows that may be seen. */
  readonly learnedRows: Int32Array;
  /** Each with something that can be a target. */
  readonly people: readonly LearningPerson[];
  readonly likingShrinkage: number;
}

/** @param targets table rows, all of `learnedRows` */
export function drawStep(
  { data, params, learnedRows, people, likingShrinkage }: StepSource,
  targets: Int32Array,
  random: Random,
): Step {
  const { groups } = data.pool;
  const hidden = new Set(Array.from(targets, (row) => groups[row]!));
  const chosen: { person: LearningPerson; targets: readonly PastGroup[] }[] = [];
  for (let count = 0; people.length > 0 && count < targets.length; ) {
    const person = people[random.int(people.length)]!;
    const wanted = Math.min(
      TARGETS_TOGETHER,
      targets.length - count,
      Math.max(1, Math.round(person.comparisons.length * TARGET_SHARE)),
    );
    const asked = sample(person.comparisons, wanted, random);
    chosen.push({ person, targets: asked });
    for (const { row } of asked) hidden.add(groups[row]!);
    count += wanted;
  }
  const rated = chosen.map(({ person, targets: asked }) => {
    const past = person.past.filter(({ row }) => !hidden.has(groups[row]!));
    const history = sample(past, random.int(Math.min(params.historySize, past.length) + 1), random);
    const declared = random.uniform() < WEIGHTS_DROPPED ? null : person.declared;
    return ratedTargets(asked, history, declared, data, likingShrinkage);
  });
  if (params.target === 'best') rated.push(...declaredChoices(data, targets, random));
  const open = learnedRows.filter((row) => !hidden.has(groups[row]!));
  const most = Math.min(MOST_VISIBLE, Math.round(learnedRows.length * (1 - params.trainMaskRate)), open.length);
  return { targets, rated, visible: Int32Array.from(sample(open, most, random)), hidden, dropping: true };
}

/** What people who declare weights would choose, each of the rows by one of them; rows where all models tie are left out. */
function declaredChoices(data: LearningData, rows: Int32Array, random: Random): RatedTargets[] {
  const people = data.people.filter(({ declared }) => declared);
  if (people.length === 0) return [];
  const M = data.models.length;
  return Array.from(rows).flatMap((row) => {
    const weights = people[random.int(people.length)]!.declared!;
    const group = bestGroup(data, row, weights, M);
    return group ? [ratedTargets([group], [], weights, data, Number.POSITIVE_INFINITY)] : [];
  });
}

function bestGroup({ components }: LearningData, row: number, weights: Float64Array, M: number): PastGroup | null {
  const known = Array.from({ length: M }, (_, m) => m).filter((m) =>
    components.every(({ present }) => present[row * M + m] === 1),
  );
  const attributes = known.map((m) =>
    Float64Array.from(components, ({ values, name }) => (name === 'quality' ? 1 : -1) * values[row * M + m]!),
  );
  const rewards = attributes.map((a) => weighed(a, weights));
  const y = known.length > 0 ? bestShares(rewards, SAME_REWARD) : new Float64Array();
  if (y.every((share) => share > 0)) return null;
  const rated: RatedGroup = { group: -1, query: -1, order: 0, models: Int32Array.from(known), y, kind: 'choices' };
  return { rated, row, attributes };
}

/** `count` of the items without replacement, in random order. */
function sample<T>(items: ArrayLike<T>, count: number, random: Random): T[] {
  const all = Array.from(items);
  for (let i = 0; i < Math.min(count, all.length); i++) {
    const j = i + random.int(all.length - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count);
}
