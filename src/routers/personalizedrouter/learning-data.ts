// Everything that a fit draws its steps from, worked out once.
import type { Matrix } from '../../math/matrix.js';
import type { TensorFlow } from '../../training/tensorflow.js';
import type { TrainingTable } from '../router.js';
import { attributesOf } from './attributes.js';
import { type Component, componentsOf } from './components.js';
import { descriptions, sameFamily, scaledRows } from './described.js';
import { type NeighbourEstimates, neighbourCount, neighbourEstimates } from './neighbour-estimates.js';
import type { PersonalizedRouterParams } from './params.js';
import { type QueryPool, queryPool } from './query-pool.js';
import { compares, ratedGroups } from './rated-group.js';
import { componentWeights, type WeighedGroup } from './user-weights.js';

/** A rated group, with the pool row of its query. */
export interface PastGroup extends WeighedGroup {
  readonly row: number;
}

/** One person as the fit sees them. */
export interface LearningPerson {
  readonly id: string;
  /** [K], null = not declared. */
  readonly declared: Float64Array | null;
  /** Oldest first. */
  readonly past: readonly PastGroup[];
  /** Those of the past that compare models: what can be a target. */
  readonly comparisons: readonly PastGroup[];
}

export interface LearningData {
  readonly models: readonly string[];
  readonly taskNames: readonly string[];
  readonly components: readonly Component[];
  readonly neighbours: number;
  readonly pool: QueryPool;
  /** [P×D] √D·x̂ */
  readonly scaledRows: Matrix;
  readonly estimates: NeighbourEstimates;
  /** [M×D] √D·f̂, zero where a model has no description; null = none has. */
  readonly described: Matrix | null;
  /** [M×M] 1 = one family. */
  readonly family: Float32Array;
  readonly people: readonly LearningPerson[];
  /** [K] w̄ */
  readonly priorWeights: Float64Array;
  /** Table rows. */
  readonly rows: number;
}

export function learningData(tf: TensorFlow, table: TrainingTable, params: PersonalizedRouterParams): LearningData {
  const components = componentsOf(table, params.edgeDim);
  const pool = queryPool(table);
  const rows = table.features.rows;
  const neighbours = neighbourCount(params.neighbours, rows);
  const estimates = neighbourEstimates(tf, pool, components, neighbours);
  const people = learningPeople(table, components, pool, estimates.values);
  return {
    models: table.models,
    taskNames: table.tasks?.names ?? [],
    components,
    neighbours,
    pool,
    scaledRows: scaledRows(pool.unit),
    estimates,
    described: descriptions(table.profiles, table.features.cols),
    family: families(table.models, params.llmFamily),
    people,
    priorWeights: meanWeights(people, components.length),
    rows,
  };
}

function learningPeople(
  table: TrainingTable,
  components: readonly Component[],
  pool: QueryPool,
  estimates: readonly Float32Array[],
): readonly LearningPerson[] {
  const M = table.models.length;
  const { interactions } = table;
  const past = new Map<string, readonly PastGroup[]>();
  if (interactions) {
    ratedGroups(interactions).forEach((groups, user) => {
      const weighed = groups.map((rated) => {
        const row = pool.rated[rated.query]!;
        const known = row < table.features.rows ? row : undefined;
        const attributes = attributesOf(rated, components, known, (k, m) => estimates[k]![row * M + m]!, M);
        return { rated, row, attributes };
      });
      past.set(interactions.users[user]!, weighed);
    });
  }
  const declared = new Map((table.people ?? []).map((person) => [person.id, person.weights]));
  return [...new Set([...declared.keys(), ...past.keys()])].map((id) => {
    const weights = declared.get(id);
    return personOf(id, weights ? componentWeights(weights, components) : null, past.get(id) ?? []);
  });
}

export function personOf(
  id: string,
  declared: LearningPerson['declared'],
  past: LearningPerson['past'],
): LearningPerson {
  return { id, declared, past, comparisons: past.filter(({ rated }) => compares(rated)) };
}

/** The mean of what people declare; quality alone where nobody does. */
function meanWeights(people: readonly LearningPerson[], K: number): Float64Array {
  const declared = people.flatMap((person) => (person.declared ? [person.declared] : []));
  return Float64Array.from({ length: K }, (_, k) =>
    declared.length > 0 ? declared.reduce((sum, w) => sum + w[k]!, 0) / declared.length : k === 0 ? 1 : 0,
  );
}

function families(models: readonly string[], family: readonly string[]): Float32Array {
  const M = models.length;
  return Float32Array.from({ length: M * M }, (_, at) => {
    const [i, j] = [Math.floor(at / M), at % M];
    return i !== j && sameFamily(models[i]!, models[j]!, family) ? 1 : 0;
  });
}
