// Who asks, as the graph takes it: weights, liking of models and taste, from declared weights and the own rated past alone.
import { matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import type { Person } from '../people.js';
import type { GraphInputs, ScoringBatch } from '../router.js';
import { attributesOf } from './attributes.js';
import { TASTE_SHRINKAGE, TASTES } from './constants.js';
import { liking, modelResiduals } from './liking.js';
import { type PastState, pastStates } from './past-states.js';
import { rowIndex } from './query-pool.js';
import { type RatedGroup, ratedGroups } from './rated-group.js';
import type { FloatTensor, PersonalState } from './state.js';
import { taskInput } from './task-input.js';
import { componentWeights, inferredWeights, residuals } from './user-weights.js';

/** A person's state: all that a score takes of them. */
export interface AskerVectors {
  /** [3] quality, cost, latency. */
  readonly weights: Float32Array;
  /** [M] */
  readonly delta: Float32Array;
  /** [A] */
  readonly taste: Float32Array;
}

export interface AskerStates {
  of(person: Person | null): AskerVectors;
  inputs(batch: ScoringBatch): GraphInputs;
}

const ORDER = ['quality', 'cost', 'latency'] as const;

/** @param historySize groups of the past that are read, the newest */
export function askerStates(state: PersonalState, featureDim: number, historySize: number): AskerStates {
  const known = new WeakMap<Person, AskerVectors>();
  const work = askerVectors(state, featureDim, historySize);
  const nobody = work({ id: '', weights: null, history: null });
  const of = (person: Person | null): AskerVectors => {
    if (!person) return nobody;
    const found = known.get(person) ?? work(person);
    known.set(person, found);
    return found;
  };
  return {
    of,
    inputs({ features, askers, taskNames }) {
      const Q = features.rows;
      const vectors = Array.from({ length: Q }, (_, q) => of(askers?.people[askers.asker[q]!] ?? null));
      const stacked = (key: keyof AskerVectors): FloatTensor => {
        const width = nobody[key].length;
        const data = new Float32Array(Q * width);
        vectors.forEach((vector, q) => {
          data.set(vector[key], q * width);
        });
        return { shape: [Q, width], data };
      };
      return {
        weights: stacked('weights'),
        delta: stacked('delta'),
        taste: stacked('taste'),
        ...taskInput(state, Q, taskNames),
      };
    },
  };
}

/**
 * ŵ as declared, else worked out of the past; e = what the weights do not explain; δ [M] = Σ e / (n_m + κ_δ);
 * v [A] = Σ e ψ / (n + 10).
 */
function askerVectors(state: PersonalState, featureDim: number, historySize: number): (person: Person) => AskerVectors {
  const { components, priorWeights, likingShrinkage } = state;
  const M = state.models[0]!.shape[0]!;
  const K = components.length;
  const states = pastStates(state, featureDim);
  const stored = components.map(({ name, values, present }) => ({ name, values: values.data, present: present.data }));
  const tableRow = lazily(() => {
    const [D, N] = state.rows.shape as [number, number];
    return rowIndex(transpose({ rows: D, cols: N, data: state.rows.data }));
  });
  const weigh = (rated: RatedGroup, past: PastState, unit: Float32Array) => {
    const estimate = (k: number, m: number) => past[m * (TASTES + K) + TASTES + k]!;
    return { rated, attributes: attributesOf(rated, stored, tableRow()(unit), estimate, M) };
  };
  return ({ weights: declared, history }) => {
    const groups = history ? ratedGroups(history)[0]!.slice(-historySize) : [];
    const rows = groups.map(({ query }) => query);
    const tasks = rows.map((row) => state.taskNames[history?.queryTask?.[row] ?? -1] ?? null);
    const past = history ? states(history.features, rows, tasks) : [];
    const unit = normaliseRows(history?.features ?? matrix(0, featureDim));
    const weighed = groups.map((rated, g) => weigh(rated, past[g]!, rowOf(unit, rated.query)));
    const w = declared
      ? componentWeights(declared, components)
      : inferredWeights(weighed, Float64Array.from(priorWeights));
    const errors = weighed.map((group) => residuals(group, w));
    const taste = new Float64Array(TASTES);
    let cells = TASTE_SHRINKAGE;
    weighed.forEach(({ rated }, g) => {
      rated.models.forEach((m, i) => {
        cells++;
        for (let a = 0; a < TASTES; a++) taste[a]! += errors[g]![i]! * past[g]![m * (TASTES + K) + a]!;
      });
    });
    return {
      weights: Float32Array.from(ORDER, (name) => w[components.findIndex((component) => component.name === name)] ?? 0),
      delta: liking(modelResiduals(weighed, errors, M), likingShrinkage),
      taste: Float32Array.from(taste, (sum) => sum / cells),
    };
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
