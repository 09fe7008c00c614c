// Who asks, as the graph takes it: the vectors of each person of a batch, worked out once a person and remembered.
import type { EvaluatorChoice } from '../../inference/registry.js';
import { rowOf } from '../../math/matrix.js';
import type { Person } from '../people.js';
import type { GraphInputs, ScoringBatch } from '../router.js';
import { type AskerVectors, askerVectors } from './asker-vectors.js';
import { type PastQuery, type PastState, pastStates } from './past-states.js';
import { type RatedGroup, ratedGroups } from './rated-group.js';
import type { FloatTensor, PersonalState } from './state.js';
import { taskInput } from './task-input.js';

export interface AskerStates {
  /** The vectors of people, in order; pasts that are not remembered go through the network together. */
  of(people: readonly Person[], engine: EvaluatorChoice): Promise<readonly AskerVectors[]>;
  /** Those of one person's past without each of its groups, and the groups' numbers; not remembered. */
  withoutEach(
    person: Person,
  ): Promise<{ readonly groups: readonly number[]; readonly vectors: readonly AskerVectors[] }>;
  inputs(batch: ScoringBatch, engine: EvaluatorChoice): Promise<GraphInputs>;
}

const NOBODY: Person = { id: '', weights: null, history: null };

/** @param historySize groups of the past that are read, the newest */
export function askerStates(state: PersonalState, featureDim: number, historySize: number): AskerStates {
  const known = new WeakMap<Person, AskerVectors>();
  const work = askerVectors(state);
  const nobody = work(NOBODY.weights, [], []);
  const statesOf = pastStates(state, featureDim);
  const pastOf = ({ history }: Person) => (history ? ratedGroups(history)[0]!.slice(-historySize) : []);
  const queryOf = ({ history }: Person, { query }: RatedGroup): PastQuery => ({
    features: rowOf(history!.features, query),
    task: state.taskNames[history!.queryTask?.[query] ?? -1] ?? null,
  });
  const of: AskerStates['of'] = async (people, engine) => {
    const strangers = [...new Set(people)].filter((person) => !known.has(person));
    const pasts = strangers.map(pastOf);
    const queries = strangers.map((person, i) => pasts[i]!.map((group) => queryOf(person, group)));
    const all = queries.flat();
    const states = all.length > 0 ? await statesOf(all, engine) : [];
    let start = 0;
    strangers.forEach((person, i) => {
      const end = start + pasts[i]!.length;
      known.set(person, work(person.weights, pasts[i]!, together(queries[i]!, states.slice(start, end))));
      start = end;
    });
    return people.map((person) => known.get(person)!);
  };
  return {
    of,
    async withoutEach(person) {
      const past = pastOf(person);
      const queries = past.map((group) => queryOf(person, group));
      const told = together(queries, past.length > 0 ? await statesOf(queries, 'auto') : []);
      const without = <T>(list: readonly T[], i: number) => list.filter((_, at) => at !== i);
      return {
        groups: past.map(({ group }) => group),
        vectors: past.map((_, i) => work(person.weights, without(past, i), without(told, i))),
      };
    },
    async inputs({ features, askers, taskNames }, engine) {
      const Q = features.rows;
      const people = askers?.people ?? [];
      const asked = [...new Set(askers?.asker ?? [])].filter((index) => people[index] !== undefined);
      const vectorsOf = await of(
        asked.map((index) => people[index]!),
        engine,
      );
      const byIndex = new Map(asked.map((index, i) => [index, vectorsOf[i]!]));
      const vectors = Array.from({ length: Q }, (_, q) => byIndex.get(askers?.asker[q] ?? -1) ?? nobody);
      return { ...stackedVectors(vectors), ...taskInput(state, Q, taskNames) };
    },
  };
}

/** [Q × …] of each of a person's vectors. */
export function stackedVectors(vectors: readonly AskerVectors[]): Record<keyof AskerVectors, FloatTensor> {
  const stacked = (key: keyof AskerVectors): FloatTensor => {
    const width = vectors[0]?.[key].length ?? 0;
    const data = new Float32Array(vectors.length * width);
    vectors.forEach((vector, q) => {
      data.set(vector[key], q * width);
    });
    return { shape: [vectors.length, width], data };
  };
  return { weights: stacked('weights'), delta: stacked('delta'), taste: stacked('taste') };
}

function together(queries: readonly PastQuery[], states: readonly PastState[]) {
  return queries.map(({ features }, i) => ({ features, state: states[i]! }));
}
