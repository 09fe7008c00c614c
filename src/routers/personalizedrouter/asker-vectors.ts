// A person as numbers: weights, liking of models and taste, from declared weights and the own rated past alone.
import { normaliseInto } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import type { PersonWeights } from '../people.js';
import { attributesOf } from './attributes.js';
import { TASTE_SHRINKAGE, TASTES } from './constants.js';
import { liking, modelResiduals } from './liking.js';
import type { PastState } from './past-states.js';
import { rowIndex } from './query-pool.js';
import type { RatedGroup } from './rated-group.js';
import type { PersonalState } from './state.js';
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

/** What is known of the query of a rated group. */
interface ToldQuery {
  /** [D] */
  readonly features: Float32Array;
  readonly state: PastState;
}

const ORDER = ['quality', 'cost', 'latency'] as const;

/**
 * ŵ as declared, else worked out of the past; e = what the weights do not explain; δ [M] = Σ e / (n_m + κ_δ);
 * v [A] = Σ e ψ / (n + 10).
 */
export function askerVectors(
  state: PersonalState,
): (declared: PersonWeights | null, past: readonly RatedGroup[], queries: readonly ToldQuery[]) => AskerVectors {
  const { components, priorWeights, likingShrinkage } = state;
  const M = state.models[0]!.shape[0]!;
  const K = components.length;
  const stored = components.map(({ name, values, present }) => ({ name, values: values.data, present: present.data }));
  const tableRow = lazily(() => {
    const [D, N] = state.rows.shape as [number, number];
    return rowIndex(transpose({ rows: D, cols: N, data: state.rows.data }));
  });
  const unit = new Float32Array(state.rows.shape[0]!); // written anew for each query
  const weigh = (rated: RatedGroup, { features, state: past }: ToldQuery) => {
    const estimate = (k: number, m: number) => past[m * (TASTES + K) + TASTES + k]!;
    normaliseInto(features, unit);
    return { rated, attributes: attributesOf(rated, stored, tableRow()(unit), estimate, M) };
  };
  return (declared, past, queries) => {
    const weighed = past.map((rated, g) => weigh(rated, queries[g]!));
    const w = declared
      ? componentWeights(declared, components)
      : inferredWeights(weighed, Float64Array.from(priorWeights));
    const errors = weighed.map((group) => residuals(group, w));
    const taste = new Float64Array(TASTES);
    let cells = TASTE_SHRINKAGE;
    weighed.forEach(({ rated }, g) => {
      const { state: told } = queries[g]!;
      rated.models.forEach((m, i) => {
        cells++;
        for (let a = 0; a < TASTES; a++) taste[a]! += errors[g]![i]! * told[m * (TASTES + K) + a]!;
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
