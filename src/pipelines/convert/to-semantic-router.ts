// Our fitted routers as semantic-router's models: what they learned, with the objective of the artifact baked in.

import { byCodePoint, digest } from '../../artifacts/foreign/semantic-router/identity.js';
import type { ForeignClusterTable } from '../../artifacts/foreign/semantic-router/kmeans.js';
import type { ForeignModel } from '../../artifacts/foreign/semantic-router/semantic-router.js';
import type { Manifest } from '../../artifacts/manifest.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { VsrError } from '../../errors/vsr-error.js';
import { utilityMatrix } from '../../evaluation/utility-matrix.js';
import type { Tensor } from '../../inference/tensor.js';
import { squaredEuclidean } from '../../math/distance.js';
import { fromRows, type Matrix, rowOf, takeRows } from '../../math/matrix.js';
import { loadOneVsOne } from '../../routers/registry.js';
import type { FittedRouter } from '../../routers/router.js';
import { semanticRouterFeature, withoutCategory } from './one-hot.js';

/** What the routers learned from, read again. */
export interface LearnedRows {
  readonly table: OutcomeTable;
  /** [N×D] of the whole table. */
  readonly features: Matrix;
  /** Row numbers of the training rows. */
  readonly rows: Int32Array;
  readonly manifest: Manifest;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Throws `VSR_ARTIFACT` for a router that has no such form. */
export async function toSemanticRouter(router: FittedRouter, learned: LearnedRows): Promise<ForeignModel> {
  const write = WRITERS[router.name];
  if (!write) throw none(router.name, 'semantic-router has no such algorithm');
  const names = [...router.models].sort(byCodePoint);
  return write(router, learned, { names, columns: names.map((name) => router.models.indexOf(name)) });
}

interface Order {
  /** Sorted by code point. */
  readonly names: readonly string[];
  /** Our column of each. */
  readonly columns: readonly number[];
}

const WRITERS: Readonly<
  Record<string, (router: FittedRouter, learned: LearnedRows, order: Order) => ForeignModel | Promise<ForeignModel>>
> = {
  knn: (router, { table, features, rows }, { names, columns }) => {
    const cells = Array.from(rows).flatMap((row) => {
      const embedding = semanticRouterFeature(rowOf(features, row), table.queries[row]!);
      return columns.flatMap((m, i) => {
        const at = row * table.models.length + m;
        const quality = table.quality.data[at]!;
        const latency = table.latency.data[at]!;
        if (Number.isNaN(quality)) return [];
        return [
          { embedding, label: names[i]!, quality, latency: Number.isNaN(latency) ? 0 : Math.trunc(latency * 1e6) },
        ];
      });
    });
    return {
      algorithm: 'knn',
      formatVersion: 2,
      k: Number(router.state().json.k) * names.length,
      embeddings: cells.map((cell) => cell.embedding),
      labels: cells.map((cell) => cell.label),
      qualities: cells.map((cell) => cell.quality),
      latencies: cells.map((cell) => cell.latency),
      modelNames: names,
    };
  },
  kmeans: (router, learned, { names, columns }) => {
    const { centres } = router.state().tensors as { centres: Tensor };
    const all = rowsOf(centres);
    const table = clusterTable(router, all, learned, columns);
    // A cluster without any query of its own is no cluster there; its queries would go to the next one.
    const kept = all.filter((_, c) => table.clusterSizes[c]! > 0);
    const only = <T>(list: readonly T[]) => list.filter((_, c) => table.clusterSizes[c]! > 0);
    const scores = only(table.scores);
    return {
      algorithm: 'kmeans',
      formatVersion: 2,
      centroids: kept.map(withoutCategory),
      clusterModels: scores.map((row) => names[row.indexOf(Math.max(...row))]!),
      modelNames: names,
      table: { ...table, scores, support: only(table.support), clusterSizes: only(table.clusterSizes) },
    };
  },
  svm: async (router, { table, features, rows, manifest, signal, onWarning }, { names, columns }) => {
    if (names.length < 2) throw none('svm', 'its one-against-one form needs two models');
    const params = router.params as { kernel: 'rbf' | 'linear'; gamma: 'scale' | number; c: number; tol: number };
    const utilities = utilityMatrix(table, manifest.objective);
    const own = Array.from(rows, (row) => columns.map((m) => utilities.data[row * utilities.cols + m]!));
    const scores = await router.score({ features: takeRows(features, rows) });
    const judged = own.flatMap((row, i) => (row.some((u) => !Number.isNaN(u)) ? [i] : []));
    const labels = Int32Array.from(judged, (i) => {
      const best = Math.max(...own[i]!.filter((u) => !Number.isNaN(u)));
      // Many rows have several best models: the one our own machines prefer there, else names would decide.
      return bestOf(own[i]!.map((u, c) => (u === best ? rowOf(scores, i)[columns[c]!]! : Number.NaN)));
    });
    const vectors = fromRows(
      judged.map((i) => semanticRouterFeature(rowOf(features, rows[i]!), table.queries[rows[i]!]!)),
    );
    const fitOneVsOne = await loadOneVsOne();
    const options = { tol: params.tol, signal, onWarning };
    const made = await fitOneVsOne(vectors, labels, names.length, params, options);
    return {
      algorithm: 'svm',
      formatVersion: 2,
      modelNames: names,
      kernel: made.kernel.kind === 'rbf' ? 'Rbf' : 'Linear',
      gamma: made.kernel.kind === 'rbf' ? made.kernel.gamma : 1,
      c: params.c,
      supportVectors: Array.from({ length: made.supportVectors.rows }, (_, s) => [...rowOf(made.supportVectors, s)]),
      dualCoef: Array.from({ length: made.dualCoef.rows }, (_, s) => [...rowOf(made.dualCoef, s)]),
      intercept: [...made.intercept],
      nSupport: [...made.nSupport],
    };
  },
  mlp: (router, _, { names, columns }) => {
    const { json, tensors } = router.state();
    const count = Number(json.layers);
    if (count === 0) throw none('mlp', 'there was nothing to learn, it knows means alone');
    const layers = Array.from({ length: count }, (_, l) => linear(tensors, `layer${l + 1}`));
    const first = layers[0]!;
    layers[0] = { ...first, weight: first.weight.map(withoutCategory) };
    const last = layers[count - 1]!;
    layers[count - 1] = {
      ...last,
      weight: columns.map((m) => last.weight[m]!),
      bias: columns.map((m) => last.bias[m]!),
    };
    return {
      algorithm: 'mlp',
      formatVersion: 1,
      modelNames: names,
      featureDim: layers[0]!.weight[0]!.length,
      hiddenSizes: layers.slice(0, -1).map(({ bias }) => bias.length),
      dropout: 0,
      layers: layers.flatMap((layer, l) => (l < count - 1 ? [layer, { type: 'relu' as const }] : [layer])),
      training: {},
    };
  },
  mf: (router, _, { names, columns }) => {
    const { json, tensors } = router.state();
    if (json.factors === 0) throw none('mf', 'there was nothing to learn, it knows means alone');
    const factors = columnsOf(tensors.factors!);
    return {
      algorithm: 'mf',
      formatVersion: 1,
      tanh: false,
      modelNames: names,
      factors: columns.map((m) => factors[m]!),
      projection: columnsOf(tensors.projection!).map(withoutCategory),
      biases: columns.map((m) => tensors.bias!.data[m]!),
      globalBias: 0,
    };
  },
};

/** Mean utility per cluster and model over the training rows nearest to each centre; a missing cell is left out. */
function clusterTable(
  router: FittedRouter,
  centres: number[][],
  learned: LearnedRows,
  columns: readonly number[],
): ForeignClusterTable {
  const { table, features, rows, manifest } = learned;
  const utilities = utilityMatrix(table, manifest.objective);
  const zeros = () => centres.map(() => columns.map(() => 0));
  const [sums, support] = [zeros(), zeros()];
  const clusterSizes = centres.map(() => 0);
  for (const row of rows) {
    const x = semanticRouterFeature(rowOf(features, row), table.queries[row]!).slice(0, features.cols);
    const cluster = bestOf(centres.map((centre) => -squaredEuclidean(centre, x)));
    clusterSizes[cluster]!++;
    columns.forEach((m, i) => {
      const u = utilities.data[row * utilities.cols + m]!;
      if (Number.isNaN(u)) return;
      sums[cluster]![i]! += u;
      support[cluster]![i]!++;
    });
  }
  const total = (of: number[][], i: number) => of.reduce((sum, row) => sum + row[i]!, 0);
  const globalSupport = columns.map((_, i) => total(support, i));
  const globalScores = columns.map((_, i) => total(sums, i) / globalSupport[i]!);
  const params = router.params as { nInit: number; maxIter: number; tol: number };
  return {
    objective: manifest.objective,
    scores: sums.map((row, c) => row.map((sum, i) => (support[c]![i]! > 0 ? sum / support[c]![i]! : globalScores[i]!))),
    support,
    clusterSizes,
    minSupport: 1,
    globalScores,
    globalSupport,
    featureSnapshotId: digest(manifest.embedder.id, manifest.embedder.fingerprint),
    trainingSnapshotId: digest(manifest.data.sha256),
    clustering: {
      seed: manifest.seed,
      nInit: params.nInit,
      maxIter: params.maxIter,
      tol: params.tol,
      libraryVersions: { vsr: manifest.version },
      requestedK: centres.length,
      trainQueries: rows.length,
    },
  };
}

function linear(tensors: Tensors, name: string) {
  return {
    type: 'linear' as const,
    weight: columnsOf(tensors[`${name}.weights`]!),
    bias: [...tensors[`${name}.bias`]!.data],
  };
}

function rowsOf({ shape, data }: Tensor): number[][] {
  const cols = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, r) => [...data.subarray(r * cols, (r + 1) * cols)]);
}

function columnsOf({ shape, data }: Tensor): number[][] {
  const [rows, cols] = shape as [number, number];
  return Array.from({ length: cols }, (_, c) => Array.from({ length: rows }, (_, r) => data[r * cols + c]!));
}

/** Index of the first largest; NaN never wins. */
function bestOf(values: readonly number[]): number {
  let best = -1;
  values.forEach((value, i) => {
    if (!Number.isNaN(value) && (best < 0 || value > values[best]!)) best = i;
  });
  return best;
}

function none(router: string, why: string): VsrError {
  return new VsrError('VSR_ARTIFACT', `Router ${router} has no form in semantic-router: ${why}.`, {
    hint: 'Name the routers to convert with --router.',
  });
}
