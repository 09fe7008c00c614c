// semantic-router's kmeans_model.json, v1 and v2: {"algorithm":"kmeans","trained":true,"num_clusters":4,"centroids":[[…]],"cluster_models":["a"],…}
import { squaredEuclidean } from '../../../math/distance.js';
import { checkQuery, type FieldReader, refused } from './fields.js';
import { type BakedObjective, digest, objectiveId } from './identity.js';
import { float, floats, int, ints, type PythonJson } from './python-json.js';

export interface ForeignKmeans {
  readonly algorithm: 'kmeans';
  readonly formatVersion: 1 | 2;
  /** [K][D] */
  readonly centroids: readonly (readonly number[])[];
  /** [K] */
  readonly clusterModels: readonly string[];
  readonly modelNames: readonly string[];
  /** v1 only: upstream's weight of speed. */
  readonly efficiencyWeight?: number;
  /** v2 only. */
  readonly table?: ForeignClusterTable;
}

export interface ForeignClusterTable {
  readonly objective: BakedObjective;
  /** [K][M] mean utility; where support is below minSupport, globalScores. */
  readonly scores: readonly (readonly number[])[];
  /** [K][M] */
  readonly support: readonly (readonly number[])[];
  readonly clusterSizes: readonly number[];
  readonly minSupport: number;
  /** [M] */
  readonly globalScores: readonly number[];
  readonly globalSupport: readonly number[];
  readonly featureSnapshotId: string;
  readonly trainingSnapshotId: string;
  readonly clustering: ForeignClustering;
}

export interface ForeignClustering {
  readonly seed: number;
  readonly nInit: number;
  readonly maxIter: number;
  readonly tol: number;
  readonly libraryVersions: Readonly<Record<string, string>>;
  readonly requestedK: number;
  readonly trainQueries: number;
}

export function readKmeans(fields: FieldReader, formatVersion: 1 | 2): ForeignKmeans {
  fields.expect('trained', true);
  const centroids = fields.matrix('centroids');
  const K = centroids.length;
  if (K === 0) fields.fail('centroids', 'at least one row');
  if (fields.has('feature_dim') && fields.count('feature_dim') !== centroids[0]!.length) {
    throw refused(
      fields.where,
      `feature_dim is ${fields.count('feature_dim')}, but centroids are ${centroids[0]!.length} wide`,
    );
  }
  const models = fields.texts('cluster_models');
  if (models.length < K) throw refused(fields.where, `${models.length} cluster_models for ${K} centroids`);
  const clusterModels = models.slice(0, K); // v1 writes one for each asked-for cluster, also for those that came out empty
  if (formatVersion === 1) {
    const modelNames = fields.has('model_names') ? fields.names('model_names') : [...new Set(clusterModels)];
    return {
      algorithm: 'kmeans',
      formatVersion,
      centroids,
      clusterModels,
      modelNames,
      ...(fields.has('efficiency_weight') && { efficiencyWeight: fields.number('efficiency_weight') }),
    };
  }
  const modelNames = fields.names('model_names');
  const table = readTable(fields, K, modelNames);
  const wrong = clusterModels.findIndex((name, c) => name !== modelNames[firstLargest(table.scores[c]!)]);
  if (wrong >= 0 || models.length !== K) {
    throw refused(fields.where, `cluster_models[${Math.max(wrong, 0)}] is not the first largest of its row of scores`);
  }
  return { algorithm: 'kmeans', formatVersion, centroids, clusterModels, modelNames, table };
}

function readTable(fields: FieldReader, K: number, modelNames: readonly string[]): ForeignClusterTable {
  fields.expect('target_contract', 'selector.model-choice/v1');
  fields.expect('distance', 'squared_l2');
  fields.expect('tie_break', 'lowest_index');
  const M = modelNames.length;
  const candidates = fields.object('candidate_set');
  if (JSON.stringify(candidates.names('models')) !== JSON.stringify(modelNames))
    candidates.fail('models', 'the same as model_names');
  candidates.expect('id', digest(...modelNames));
  const given = fields.object('objective');
  const weights = given.object('weights');
  const objective = {
    quality: weights.number('quality'),
    latency: weights.number('latency'),
    cost: weights.number('cost'),
    latencyScaleMs: given.number('latency_scale_ms'),
    costScale: given.number('cost_scale'),
  };
  given.expect('id', objectiveId(objective));
  const feature = fields.object('feature');
  feature.expect('normalization', 'none');
  const clustering = fields.object('clustering');
  clustering.expect('effective_k', K);
  fields.expect('num_clusters', K);
  const requestedK = clustering.count('requested_k', K);
  const fallback = fields.object('fallback');
  const table: ForeignClusterTable = {
    objective,
    scores: fields.matrix('scores', K, M),
    support: fields.matrix('support', K, M),
    clusterSizes: fields.counts('cluster_sizes', K, 1),
    minSupport: fallback.count('min_support'),
    globalScores: fallback.vector('global_scores', M),
    globalSupport: fallback.counts('global_support', M, 1),
    featureSnapshotId: feature.text('snapshot_id'),
    trainingSnapshotId: fields.text('training_snapshot_id'),
    clustering: {
      seed: clustering.number('seed'),
      nInit: clustering.count('n_init', 1),
      maxIter: clustering.count('max_iter', 1),
      tol: clustering.number('tol'),
      libraryVersions: clustering.get('library_versions') as Record<string, string>,
      requestedK,
      trainQueries: clustering.count('train_queries', 1),
    },
  };
  table.support.forEach((row, c) => {
    row.forEach((n, m) => {
      if (!Number.isSafeInteger(n) || n < 0)
        throw refused(fields.where, `support[${c}][${m}] must be a whole number, got ${n}`);
      if (n < table.minSupport && table.scores[c]![m] !== table.globalScores[m]) {
        throw refused(fields.where, `scores[${c}][${m}] has a support of ${n}, so it must equal global_scores[${m}]`);
      }
    });
  });
  return table;
}

export function kmeansJson(model: ForeignKmeans): PythonJson {
  const { centroids, clusterModels, modelNames, table } = model;
  const K = centroids.length;
  const D = centroids[0]!.length;
  const places = { num_clusters: int(K), centroids: centroids.map(floats) };
  if (!table) {
    return {
      algorithm: 'kmeans',
      trained: true,
      ...places,
      cluster_models: clusterModels,
      n_clusters: int(K),
      ...(model.efficiencyWeight !== undefined && { efficiency_weight: float(model.efficiencyWeight) }),
      model_names: modelNames,
      feature_dim: int(D),
    };
  }
  const { objective, clustering } = table;
  return {
    algorithm: 'kmeans',
    format_version: int(2),
    trained: true,
    target_contract: 'selector.model-choice/v1',
    objective: {
      id: objectiveId(objective),
      version: int(1),
      weights: { quality: float(objective.quality), latency: float(objective.latency), cost: float(objective.cost) },
      latency_scale_ms: float(objective.latencyScaleMs),
      cost_scale: float(objective.costScale),
    },
    candidate_set: { id: digest(...modelNames), models: modelNames },
    feature: { snapshot_id: table.featureSnapshotId, dim: int(D), normalization: 'none' },
    training_snapshot_id: table.trainingSnapshotId,
    clustering: {
      init: 'k-means++',
      algorithm: 'lloyd',
      dtype: 'float64',
      seed: int(clustering.seed),
      n_init: int(clustering.nInit),
      max_iter: int(clustering.maxIter),
      tol: float(clustering.tol),
      library_versions: clustering.libraryVersions,
      requested_k: int(clustering.requestedK),
      effective_k: int(K),
      train_queries: int(clustering.trainQueries),
    },
    distance: 'squared_l2',
    tie_break: 'lowest_index',
    ...places,
    cluster_sizes: ints(table.clusterSizes),
    scores: table.scores.map(floats),
    support: table.support.map(ints),
    fallback: {
      min_support: int(table.minSupport),
      global_scores: floats(table.globalScores),
      global_support: ints(table.globalSupport),
    },
    cluster_models: clusterModels,
    model_names: modelNames,
    feature_dim: int(D),
  };
}

/** The nearest centroid's model; v2: the first largest score of its row. Equal distances: the lowest index. */
export function predictKmeans(
  model: ForeignKmeans,
  query: ArrayLike<number>,
): { model: string; scores: Record<string, number> } {
  checkQuery(query, model.centroids[0]!.length);
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  model.centroids.forEach((centroid, c) => {
    const distance = squaredEuclidean(centroid, query);
    if (distance >= least) return;
    least = distance;
    nearest = c;
  });
  const row =
    model.table?.scores[nearest] ?? model.modelNames.map((name) => Number(name === model.clusterModels[nearest]));
  const scores = Object.fromEntries(model.modelNames.map((name, m) => [name, row[m]!]));
  return { model: model.clusterModels[nearest]!, scores };
}

export function firstLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}
