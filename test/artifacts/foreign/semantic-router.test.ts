import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digest, objectiveId } from '../../../src/artifacts/foreign/semantic-router/identity.js';
import { floatText, pythonJson } from '../../../src/artifacts/foreign/semantic-router/python-json.js';
import {
  askForeign,
  type ForeignModel,
  foreignJson,
  parseForeign,
  readForeignFile,
  writeForeignFile,
} from '../../../src/artifacts/foreign/semantic-router/semantic-router.js';
import { hasShared, SHARED } from '../../shared-folder.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const written = (model: ForeignModel) => [...pythonJson(foreignJson(model))].join('');

describe('identity', () => {
  test('the digest is BLAKE2b with a 16-byte digest (value of the format page)', () => {
    expect(digest('model-0', 'model-1', 'model-2')).toBe('c06b436c80438781');
  });
  test('the objective is named by its five numbers as Python prints them (value of the format page)', () => {
    const objective = { quality: 0.9, latency: 0.1, cost: 0, latencyScaleMs: 10_000, costScale: 1 };
    expect(objectiveId(objective)).toBe('937e3622d5660e22');
  });
});

test('floats are written as Python writes them', () => {
  const values = [0, -0, 1, -2, 10_000, 0.1, 1e-4, 1.5e-5, -1e-5, 1e15, 1e16, 1.25e22, 123456789.125, 5e-324, -0.00012];
  expect(values.map(floatText)).toEqual(
    '0.0 -0.0 1.0 -2.0 10000.0 0.1 0.0001 1.5e-05 -1e-05 1000000000000000.0 1e+16 1.25e+22 123456789.125 5e-324 -0.00012'.split(
      ' ',
    ),
  );
});

describe.skipIf(!hasShared)('artifacts of semantic-router itself (skipped where ../shared is absent)', () => {
  const path = (name: string) => join(SHARED, 'fixtures/semantic-router', name);
  const expected = hasShared ? JSON.parse(readFileSync(path('expected.json'), 'utf8')) : undefined;
  test.each(['knn', 'kmeans', 'svm', 'mlp'])('%s chooses its 25 models', async (name) => {
    const model = await readForeignFile(path(`${name}_model.json`));
    expect(expected.queries.map((query: number[]) => askForeign(model, query).model)).toEqual(
      expected.predictions[name],
    );
  });
  test("mlp gives torch's probabilities to 1e-5", async () => {
    const model = await readForeignFile(path('mlp_model.json'));
    expected.queries.forEach((query: number[], q: number) => {
      const { scores } = askForeign(model, query);
      for (const [name, probability] of Object.entries(expected.mlp_probabilities[q])) {
        expect(Math.abs(scores[name]! - (probability as number))).toBeLessThan(1e-5);
      }
    });
  });
  test.each(['knn', 'kmeans', 'svm', 'mlp'])('%s written again is the same file, byte for byte', async (name) => {
    const model = await readForeignFile(path(`${name}_model.json`));
    const copy = join(folder.path, `${name}_model.json`);
    writeForeignFile(copy, model);
    expect(readFileSync(copy, 'utf8') === readFileSync(path(`${name}_model.json`), 'utf8')).toBe(true);
  });
});

const KNN = {
  algorithm: 'knn',
  format_version: 2,
  trained: true,
  k: 1,
  embeddings: [
    [1, 0],
    [2, 0],
    [0, 1],
  ],
  labels: ['b', 'a', 'b'],
  qualities: [0.5, 0.5, 1],
  latencies: [0, 0, 10_000_000_000],
  model_names: ['a', 'b'],
};
const KMEANS = {
  algorithm: 'kmeans',
  format_version: 2,
  trained: true,
  target_contract: 'selector.model-choice/v1',
  objective: {
    id: '937e3622d5660e22',
    version: 1,
    weights: { quality: 0.9, latency: 0.1, cost: 0 },
    latency_scale_ms: 10_000,
    cost_scale: 1,
  },
  candidate_set: { id: 'c06b436c80438781', models: ['model-0', 'model-1', 'model-2'] },
  feature: { snapshot_id: '0123456789abcdef', dim: 2, normalization: 'none' },
  training_snapshot_id: '0123456789abcdef',
  clustering: {
    init: 'k-means++',
    algorithm: 'lloyd',
    dtype: 'float64',
    seed: 42,
    n_init: 10,
    max_iter: 300,
    tol: 1e-4,
    library_versions: {},
    requested_k: 8,
    effective_k: 2,
    train_queries: 7,
  },
  distance: 'squared_l2',
  tie_break: 'lowest_index',
  num_clusters: 2,
  centroids: [
    [0, 0],
    [2, 0],
  ],
  cluster_sizes: [3, 4],
  scores: [
    [0.5, 0.5, 0.25],
    [0.1, 0.2, 0.3],
  ],
  support: [
    [1, 3, 0],
    [4, 4, 4],
  ],
  fallback: { min_support: 1, global_scores: [0.4, 0.4, 0.25], global_support: [5, 7, 4] },
  cluster_models: ['model-0', 'model-2'],
  model_names: ['model-0', 'model-1', 'model-2'],
  feature_dim: 2,
};
const SVM = {
  algorithm: 'svm',
  format_version: 2,
  trained: true,
  model_names: ['a', 'b'],
  kernel_type: 'Linear',
  gamma: 1,
  feature_dim: 1,
  input_normalization: 'none',
  svc: { support_vectors: [[-1], [1]], dual_coef: [[-1, 1]], intercept: [0], n_support: [1, 1] },
  C: 1,
};
const MLP = {
  algorithm: 'mlp',
  trained: true,
  model_names: ['a', 'b'],
  feature_dim: 2,
  n_classes: 2,
  hidden_sizes: [],
  dropout: 0,
  layers: [
    {
      type: 'linear',
      in_features: 2,
      out_features: 2,
      weight: [
        [1, 0],
        [0, 1],
      ],
      bias: [0, 0.5],
    },
  ],
};
const MF = {
  algorithm: 'matrix_factorization',
  num_factors: 1,
  model_factors: { a: [1], b: [-1] },
  model_biases: { a: 0, b: 0.5 },
  projection: [[1], [2]],
  trained: true,
};

describe('by the rules of the format page', () => {
  test('knn: rows that tie with the last neighbour vote too, equal sums go to the first name', () => {
    const model = parseForeign(KNN, 'knn');
    // [1,0] and [2,0] are the same unit row: both vote .9·.5 + .1 = .55
    expect(askForeign(model, [3, 0])).toEqual({ model: 'a', scores: { a: 0.55, b: 0.55 } });
    expect(askForeign(model, [0, 1]).scores.b).toBeCloseTo(0.95, 12); // .9·1 + .1/(1 + 1)
  });
  test('kmeans v2: equal distances go to the lower cluster, equal scores to the first model', () => {
    const model = parseForeign(KMEANS, 'kmeans');
    expect(
      [
        [1, 0],
        [1.1, 0],
      ].map((query) => askForeign(model, query).model),
    ).toEqual(['model-0', 'model-2']);
  });
  test('svm with two models: at or above 0 is the second (example of the page)', () => {
    const model = parseForeign(SVM, 'svm');
    expect([[0.5], [0], [-0.5]].map((query) => askForeign(model, query).model)).toEqual(['b', 'b', 'a']);
  });
  test('mf: U·Pf + b; in the shape of the code U·tanh(Pf) + b', () => {
    expect(askForeign(parseForeign(MF, 'mf'), [1, 1]).scores).toEqual({ a: 3, b: -2.5 });
    const code = {
      ...MF,
      model_to_idx: { b: 1, a: 0 },
      model_factors: [[1], [-1]],
      projection: [[1, 2]],
      model_biases: [0, 0.5],
      input_dim: 2,
    };
    expect(askForeign(parseForeign(code, 'mf'), [1, 1]).scores).toEqual({ a: Math.tanh(3), b: -Math.tanh(3) + 0.5 });
  });
  test("the README's knn, mlp and svm are read", () => {
    const knn = {
      algorithm: 'knn',
      training_records: [
        { embedding: [1, 0], best_model: 'x', category: 'math' },
        { embedding: [0, 1], best_model: 'y' },
      ],
      k: 1,
    };
    expect(askForeign(parseForeign(knn, 'knn'), [0, 2]).model).toBe('y');
    const mlp = {
      algorithm: 'mlp',
      model_names: ['a', 'b'],
      input_dim: 1,
      hidden_layers: [1],
      weights: [[[-1]], [[1, 0]]],
      biases: [[0], [0, 0.5]],
    };
    expect([[-1], [1]].map((query) => askForeign(parseForeign(mlp, 'mlp'), query).model)).toEqual(['a', 'b']);
    const svm = {
      algorithm: 'svm',
      kernel: 'rbf',
      model_names: ['a', 'b'],
      support_vectors: { 0: [[1]], 1: [[-1]] },
      alphas: { 0: [1], 1: [1] },
      biases: [0, 0],
    };
    expect([[5], [-5]].map((query) => askForeign(parseForeign(svm, 'svm'), query).model)).toEqual(['a', 'b']);
  });
  test.each(Object.entries({ KNN, KMEANS, SVM, MLP, MF }))('%s: what is written is read back the same', (_, json) => {
    const model = parseForeign(json, 'x');
    expect(parseForeign(JSON.parse(written(model)), 'x')).toEqual(model);
    expect(written(parseForeign(JSON.parse(written(model)), 'x'))).toBe(written(model));
  });
  test('the five numbers of the objective carry a point', () => {
    expect(written(parseForeign(KMEANS, 'x'))).toContain(
      '"weights": {"quality": 0.9, "latency": 0.1, "cost": 0.0}, "latency_scale_ms": 10000.0, "cost_scale": 1.0',
    );
  });
});

describe('refused with a sentence', () => {
  const refusals: [string, object, string][] = [
    ['a missing key', { ...KNN, k: undefined }, 'x: the key "k" is missing.'],
    [
      'an unknown algorithm',
      { algorithm: 'tree' },
      'x: algorithm must be one of knn, kmeans, svm, mlp, matrix_factorization, got "tree".',
    ],
    ['an unknown version', { ...KNN, format_version: 3 }, 'x: format_version 3 of knn is not known.'],
    ['an untrained file', { ...SVM, trained: false }, 'x: trained must be true, got false.'],
    [
      'unsorted names',
      { ...KNN, model_names: ['b', 'a'] },
      'x: model_names must be sorted by code point, but "a" follows "b".',
    ],
    ['a name twice', { ...SVM, model_names: ['a', 'a'] }, 'x: model_names names "a" twice.'],
    ['k = 0', { ...KNN, k: 0 }, 'x: k must be a whole number of at least 1, got 0.'],
    [
      'a number that is not finite',
      { ...KNN, qualities: [1, null, 1] },
      'x: qualities must be a list of finite numbers, got [1,null,1].',
    ],
    [
      'a negative latency',
      { ...KNN, latencies: [0, -1, 0] },
      'x: latencies must be whole numbers of at least 0, got [0,-1,0].',
    ],
    ['rows of unequal width', { ...KNN, embeddings: [[1, 0], [2], [0, 1]] }, 'x: embeddings[1] is 1 wide, expected 2.'],
    ['too few labels', { ...KNN, labels: ['a'] }, 'x: 1 labels for 3 embeddings.'],
    [
      'a wrong digest of the models',
      { ...KMEANS, candidate_set: { ...KMEANS.candidate_set, id: '0' } },
      'x: candidate_set: id must be "c06b436c80438781", got "0".',
    ],
    [
      'a wrong digest of the objective',
      { ...KMEANS, objective: { ...KMEANS.objective, cost_scale: 2 } },
      expect.stringMatching(/^x: objective: id must be "[0-9a-f]{16}", got "937e3622d5660e22"\.$/),
    ],
    [
      'an empty cluster',
      { ...KMEANS, cluster_sizes: [0, 4] },
      'x: cluster_sizes must be whole numbers of at least 1, got [0,4].',
    ],
    [
      'more clusters than asked for',
      { ...KMEANS, clustering: { ...KMEANS.clustering, requested_k: 1 } },
      'x: clustering: requested_k must be a whole number of at least 2, got 1.',
    ],
    [
      'a score without support',
      {
        ...KMEANS,
        scores: [
          [0.5, 0.5, 0.3],
          [0.1, 0.2, 0.3],
        ],
      },
      'x: scores[0][2] has a support of 0, so it must equal global_scores[2].',
    ],
    [
      'support that is no count',
      {
        ...KMEANS,
        support: [
          [1, 3, 0],
          [4, 4.5, 4],
        ],
      },
      'x: support[1][1] must be a whole number, got 4.5.',
    ],
    [
      'a cluster model that is not the best',
      { ...KMEANS, cluster_models: ['model-1', 'model-2'] },
      'x: cluster_models[0] is not the first largest of its row of scores.',
    ],
    [
      'vectors that do not add up',
      { ...SVM, svc: { ...SVM.svc, n_support: [1, 2] } },
      'x: svc: n_support adds up to 3, but there are 2 support_vectors.',
    ],
    ['gamma 0', { ...SVM, gamma: 0 }, 'x: gamma must be a number above 0, got 0.'],
    [
      'another case of the kernel',
      { ...SVM, kernel_type: 'rbf' },
      'x: kernel_type must be "Rbf" or "Linear", got "rbf".',
    ],
    [
      'an unknown layer',
      { ...MLP, layers: [{ type: 'gelu' }] },
      'x: layers[0]: type must be linear, relu, batch_norm or dropout, got "gelu".',
    ],
    ['layers that do not fit', { ...MLP, feature_dim: 3 }, 'x: layers[0] takes 2 numbers, but 3 come.'],
    ['factors of another width', { ...MF, num_factors: 2 }, expect.stringMatching(/wide, expected 2|2 numbers long/)],
  ];
  test.each(refusals)('%s', (_, json, message) => {
    expect(() => parseForeign(JSON.parse(JSON.stringify(json)), 'x')).toThrow(
      expect.objectContaining({ code: 'VSR_ARTIFACT', message }),
    );
  });
  test('a query of another width, and one with NaN', () => {
    const model = parseForeign(KNN, 'x');
    expect(() => askForeign(model, [1])).toThrow(
      expect.objectContaining({ message: 'The query is 1 numbers wide, the artifact expects 2.' }),
    );
    expect(() => askForeign(model, [1, Number.NaN])).toThrow(expect.objectContaining({ code: 'VSR_FEATURES' }));
  });
  test('a file that is not JSON', async () => {
    await expect(readForeignFile(folder.write('cut.json', '{"algorithm": "kn'))).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
    });
  });
});
