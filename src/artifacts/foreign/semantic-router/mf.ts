// semantic-router's matrix factorisation, in the shape of its code and in that of its README; the README's is written.
import { dot } from '../../../math/distance.js';
import { checkQuery, type FieldReader, refused } from './fields.js';
import { firstLargest } from './kmeans.js';
import { float, floats, int, type PythonJson } from './python-json.js';

/** score = U_m·(P f) + b_m + global bias; of the code's shape tanh(P f). */
export interface ForeignMf {
  readonly algorithm: 'mf';
  readonly formatVersion: 1;
  readonly tanh: boolean;
  readonly modelNames: readonly string[];
  /** [M][F] */
  readonly factors: readonly (readonly number[])[];
  /** [F][D] */
  readonly projection: readonly (readonly number[])[];
  /** [M] */
  readonly biases: readonly number[];
  readonly globalBias: number;
}

export function readMf(fields: FieldReader): ForeignMf {
  const F = fields.count('num_factors', 1);
  const globalBias = fields.has('global_bias') ? fields.number('global_bias') : 0;
  if (Array.isArray(fields.get('model_factors'))) return fromCode(fields, F, globalBias);
  const byName = fields.object('model_factors');
  const modelNames = byName.keys();
  if (modelNames.length === 0) fields.fail('model_factors', 'factors of at least one model');
  const biases = fields.object('model_biases');
  const columns = fields.matrix('projection', undefined, F); // [D][F]
  return {
    algorithm: 'mf',
    formatVersion: 1,
    tanh: false,
    modelNames,
    factors: modelNames.map((name) => byName.vector(name, F)),
    projection: turned(columns, F),
    biases: modelNames.map((name) => biases.number(name)),
    globalBias,
  };
}

function fromCode(fields: FieldReader, F: number, globalBias: number): ForeignMf {
  const at = fields.object('model_to_idx');
  const M = at.keys().length;
  const modelNames = new Array<string>(M);
  for (const name of at.keys()) {
    const index = at.count(name);
    if (index >= M || modelNames[index] !== undefined)
      throw refused(fields.where, `model_to_idx must number its ${M} models from 0`);
    modelNames[index] = name;
  }
  return {
    algorithm: 'mf',
    formatVersion: 1,
    tanh: true,
    modelNames,
    factors: fields.matrix('model_factors', M, F),
    projection: fields.matrix('projection', F, fields.count('input_dim', 1)),
    biases: fields.vector('model_biases', M),
    globalBias,
  };
}

/** The README's shape. It has no tanh: of a model with one only the file's reader would differ, so it is not written. */
export function mfJson(model: ForeignMf): PythonJson {
  const { modelNames, factors, projection, biases } = model;
  if (model.tanh)
    throw refused('matrix factorisation', 'a model with tanh has no form in the README, the shape that is written');
  const D = projection[0]!.length;
  return {
    algorithm: 'matrix_factorization',
    num_factors: int(projection.length),
    model_factors: Object.fromEntries(modelNames.map((name, m) => [name, floats(factors[m]!)])),
    model_biases: Object.fromEntries(modelNames.map((name, m) => [name, float(biases[m]!)])),
    projection: turned(projection, D).map(floats),
    global_bias: float(model.globalBias),
    input_dim: int(D),
    trained: true,
  };
}

/** The largest score; equal: the first. */
export function predictMf(
  model: ForeignMf,
  query: ArrayLike<number>,
): { model: string; scores: Record<string, number> } {
  checkQuery(query, model.projection[0]!.length);
  const projected = model.projection.map((row) => (model.tanh ? Math.tanh(dot(row, query)) : dot(row, query)));
  const values = model.factors.map((own, m) => dot(own, projected) + model.biases[m]! + model.globalBias);
  const scores = Object.fromEntries(model.modelNames.map((name, m) => [name, values[m]!]));
  return { model: model.modelNames[firstLargest(values)]!, scores };
}

/** [n][width] → [width][n] */
function turned(rows: readonly (readonly number[])[], width: number): number[][] {
  return Array.from({ length: width }, (_, i) => rows.map((row) => row[i]!));
}
