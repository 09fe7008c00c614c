// semantic-router's knn_model.json, v1 and v2: {"algorithm":"knn","trained":true,"k":6,"embeddings":[[…]],"labels":["a"],"qualities":[0.5],"latencies":[114000000],…}
import { dot } from '../../../math/distance.js';
import { checkQuery, type FieldReader, refused } from './fields.js';
import { byCodePoint } from './identity.js';
import { floats, int, ints, type PythonJson } from './python-json.js';

export interface ForeignKnn {
  readonly algorithm: 'knn';
  readonly formatVersion: 1 | 2;
  readonly k: number;
  /** [N][D], as the file holds them: not normalised. */
  readonly embeddings: readonly (readonly number[])[];
  /** [N] */
  readonly labels: readonly string[];
  /** [N] */
  readonly qualities: readonly number[];
  /** [N] whole nanoseconds. */
  readonly latencies: readonly number[];
  readonly modelNames: readonly string[];
}

const TIE = 1e-12;

export function readKnn(fields: FieldReader, formatVersion: 1 | 2): ForeignKnn {
  if (fields.has('training_records')) return fromRecords(fields);
  fields.expect('trained', true);
  const embeddings = fields.matrix('embeddings');
  const N = embeddings.length;
  if (N === 0) fields.fail('embeddings', 'at least one row');
  const labels = fields.texts('labels');
  if (labels.length !== N) throw refused(fields.where, `${labels.length} labels for ${N} embeddings`);
  const modelNames = fields.has('model_names') ? fields.names('model_names') : namesOf(labels);
  const stray = labels.find((label) => !modelNames.includes(label));
  if (stray !== undefined) throw refused(fields.where, `label "${stray}" is not among model_names`);
  if (fields.has('feature_dim') && fields.count('feature_dim') !== embeddings[0]!.length) {
    throw refused(
      fields.where,
      `feature_dim is ${fields.count('feature_dim')}, but embeddings are ${embeddings[0]!.length} wide`,
    );
  }
  return {
    algorithm: 'knn',
    formatVersion,
    k: fields.count('k', 1),
    embeddings,
    labels,
    qualities: fields.has('qualities') ? fields.vector('qualities', N) : Array(N).fill(0.5),
    latencies: fields.has('latencies') ? fields.counts('latencies', N) : Array(N).fill(0),
    modelNames,
  };
}

/** The README's form names no quality and no latency: every record is a vote for its model. */
function fromRecords(fields: FieldReader): ForeignKnn {
  const records = fields.list('training_records');
  const rows = fields.records('training_records');
  const embeddings = rows.map((row) => row.vector('embedding'));
  const wide = embeddings.findIndex((row) => row.length !== embeddings[0]!.length);
  if (records.length === 0 || wide >= 0) fields.fail('training_records', 'embeddings of one width, at least one');
  const labels = rows.map((row) => row.text('best_model'));
  const same = (value: number) => Array<number>(rows.length).fill(value);
  const k = fields.has('k') ? fields.count('k', 1) : 5;
  return {
    algorithm: 'knn',
    formatVersion: 1,
    k,
    embeddings,
    labels,
    qualities: same(0.5),
    latencies: same(0),
    modelNames: namesOf(labels),
  };
}

export function knnJson(model: ForeignKnn): PythonJson {
  return {
    algorithm: 'knn',
    ...(model.formatVersion === 2 && { format_version: int(2) }),
    trained: true,
    k: int(model.k),
    embeddings: model.embeddings.map(floats),
    labels: model.labels,
    qualities: floats(model.qualities),
    latencies: ints(model.latencies),
    model_names: model.modelNames,
    num_samples: int(model.embeddings.length),
    feature_dim: int(model.embeddings[0]!.length),
  };
}

/**
 * The sum of 0.9·quality + 0.1/(1 + seconds/10) over the neighbours of each label: the min(k, N) nearest of the unit rows
 * by squared distance, and all that tie with the last within 1e-12. Largest sum; equal: the first name.
 */
export function predictKnn(
  model: ForeignKnn,
  query: ArrayLike<number>,
): { model: string; scores: Record<string, number> } {
  checkQuery(query, model.embeddings[0]!.length);
  const x = unit(query);
  const near = model.embeddings
    .map((row, i) => ({ i, distance: squared(unit(row), x) }))
    .sort((a, b) => a.distance - b.distance || a.i - b.i);
  const cut = near[Math.min(model.k, near.length) - 1]!.distance + TIE;
  const scores: Record<string, number> = {};
  for (const { i, distance } of near) {
    if (distance > cut) break;
    const vote = 0.9 * model.qualities[i]! + 0.1 / (1 + model.latencies[i]! / 1e10);
    scores[model.labels[i]!] = (scores[model.labels[i]!] ?? 0) + vote;
  }
  const best = Object.keys(scores)
    .sort(byCodePoint)
    .reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
  return { model: best, scores };
}

function namesOf(labels: readonly string[]): string[] {
  return [...new Set(labels)].sort(byCodePoint);
}

function unit(row: ArrayLike<number>): number[] {
  const length = Math.sqrt(dot(row, row));
  return Array.from(row, (value) => (length > 0 ? value / length : value));
}

function squared(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d]! - b[d]!) ** 2;
  return sum;
}
