import { describe, expect, test } from 'vitest';
import { pairwiseMetrics } from '../../../src/evaluation/pairwise.js';
import { bradleyTerry } from '../../../src/math/bradley-terry.js';
import { type Matrix, matrix, matrix64, takeRows } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import type { Interactions } from '../../../src/routers/people.js';
import { rankrouter } from '../../../src/routers/rankrouter/rankrouter.js';
import type { FitContext, FittedRouter, ModelProfile, TrainingTable } from '../../../src/routers/router.js';
import { TEST_ENGINE, testEngine } from '../../training/test-engine.js';
import { chosenColumns, separableTable } from '../toy-table.js';
import { plantedTopics } from './planted.js';

const training = { engine: TEST_ENGINE };
const small = { embeddingDim: 32, clusterDim: 8, idDim: 16, learningRate: 1e-3 };
const fit = (table: TrainingTable, params: Readonly<Record<string, unknown>> = {}, context: Partial<FitContext> = {}) =>
  rankrouter.fit(table, params, { seed: 42, training, ...context });
const strong = [
  [0.9, 0.2, 0.2],
  [0.2, 0.9, 0.2],
  [0.2, 0.2, 0.9],
];

/** Model 3 joins by 90 answers, of which the others answered the first `compared` queries too. @param beside [90×3] their qualities */
function withFourth(known: FittedRouter, probes: TrainingTable, beside: Float64Array, compared: number): FittedRouter {
  return known.withModel!({
    model: 'model 3',
    features: probes.features,
    quality: probes.quality.data,
    rows: new Int32Array(90).fill(-1),
    others: matrix64(
      90,
      3,
      beside.map((value, at) => (at < 3 * compared ? value : Number.NaN)),
    ),
  });
}

describe('planted topics: each model strong on its own third', () => {
  const { table } = plantedTopics(240, strong, 1);
  const fresh = plantedTopics(300, strong, 2);

  test('right and wrong answers: who picks the model of the right third earns what the best choice can expect', async () => {
    const fitted = await fit(table, small);
    expect(rightShare(await fitted.score(fresh.table))).toBeGreaterThanOrEqual(0.95);
  });

  const grades = plantedTopics(150, strong, 1, 'grades').table;
  test.each([
    { similarityMetric: 'cosine' },
    { similarityMetric: 'bilinear', lossType: 'bce' },
    { clusterFeature: 'soft', lossType: 'davidson' },
    { clusterFeature: 'none', lossType: 'hinge', margin: 0.5 },
    { capability: 'none' },
  ])('grades: so it is however queries are read, compared and learned from, as by %j', async (way) => {
    const fitted = await fit(grades, { ...small, epochs: 20, ...way });
    expect(rightShare(await fitted.score(fresh.table))).toBeGreaterThanOrEqual(0.95);
  });

  function rightShare(scores: Matrix): number {
    return chosenColumns(scores).filter((model, i) => model === fresh.topic[i]).length / fresh.topic.length;
  }

  test('learns probabilities, not only an order', async () => {
    const fitted = await fit(table, small);
    const scores = await fitted.score(fresh.table);
    const pairs = pairsOf(fresh.table);
    const difference = pairs.map(({ query, a, b }) => scores.data[query * 3 + a]! - scores.data[query * 3 + b]!);
    const metrics = pairwiseMetrics({ difference, outcome: pairs.map(({ outcome }) => outcome) });
    expect(metrics.auc).toBeGreaterThan(0.9);
    expect(metrics.ece).toBeLessThan(0.08);
  });

  test.each([
    ['by default', {}],
    ['with small towers', small],
    ['by cosine', { ...small, similarityMetric: 'cosine' }],
  ])(
    'a new model with a profile alone, no pair with another, gets four fifths of its deserved share, %s',
    async (_, params) => {
      const middling = [strong[0]!, strong[1]!, [0.4, 0.4, 0.4]];
      const known = await fit(plantedTopics(240, middling, 1).table, params);
      const probes = plantedTopics(90, [strong[2]!], 3).table;
      const beside = plantedTopics(90, middling, 3).table.quality.data;
      const [own, others]: number[][] = [[], []];
      for (const compared of [0, 10, 50]) {
        const joined = withFourth(known, probes, beside, compared);
        const chosen = chosenColumns(await joined.score(fresh.table));
        const sent = Array.from(fresh.topic).filter((_, i) => chosen[i] === 3);
        own!.push(sent.filter((topic) => topic === 2).length / 100);
        others!.push(sent.filter((topic) => topic !== 2).length / 100);
      }
      expect(Math.min(...own!), `own topic: ${own}`).toBeGreaterThanOrEqual(0.8);
      expect(Math.max(...others!), `other topics: ${others}`).toBeLessThan(0.2);
    },
  );
});

describe('what a new model is sent, over five draws of its answers', () => {
  const middling = [
    [0.8, 0.3, 0.3],
    [0.3, 0.8, 0.3],
    [0.45, 0.45, 0.45],
  ];
  const known = fit(plantedTopics(240, middling, 1).table);
  const fresh = plantedTopics(300, middling, 2);
  /** Mean share of each topic's queries. */
  const shares = async (strength: readonly number[], compared: number) => {
    const sent = [0, 0, 0];
    for (let draw = 10; draw < 15; draw++) {
      const probes = plantedTopics(90, [strength], draw).table;
      const beside = plantedTopics(90, middling, 100 + draw).table.quality.data;
      const joined = withFourth(await known, probes, beside, compared);
      chosenColumns(await joined.score(fresh.table)).forEach((model, i) => {
        if (model === 3) sent[fresh.topic[i]!]! += 1 / 500;
      });
    }
    return sent;
  };

  test('comparisons take nothing of the topic that it is the best on', async () => {
    const [none, ten, fifty] = [0, 10, 50].map((compared) => shares([0.3, 0.3, 0.85], compared));
    const own = [(await none)![2]!, (await ten)![2]!, (await fifty)![2]!];
    expect(own[0], `${own}`).toBeGreaterThan(0.85);
    expect(Math.min(own[1]!, own[2]!), `${own}`).toBeGreaterThan(own[0]! - 0.02);
  });

  test('one that is always worse is known by its answers alone', async () => {
    const sent = await shares([0.25, 0.25, 0.25], 0);
    expect(Math.max(...sent), `${sent}`).toBeLessThan(0.05);
  });
});

describe('a new model', () => {
  const { table } = plantedTopics(240, strong, 1);
  const newcomer = (n: number, quality: (topic: number) => number, profile?: ModelProfile) => {
    const rows = Int32Array.from({ length: n }, (_, i) => i);
    return {
      model: 'newcomer',
      features: takeRows(table.features, rows),
      quality: Float64Array.from(rows, (row) => quality(row % 3)),
      rows,
      others: takeRows(table.quality, rows),
      ...(profile && { profile }),
    };
  };
  const leads = async (joined: FittedRouter) => {
    const { data, cols } = await joined.score(table);
    return Array.from({ length: 240 }, (_, q) => data[q * cols + cols - 1]! - data[q * cols]!);
  };

  test('leaves the scores of all others as they were', async () => {
    const fitted = await fit(table, { ...small, epochs: 3 });
    const joined = fitted.withModel!(newcomer(50, () => 1));
    const before = await fitted.score(table);
    const after = await joined.score(table);
    const kept = Float32Array.from({ length: 720 }, (_, at) => after.data[Math.floor(at / 3) * 4 + (at % 3)]!);
    expect([joined.models.at(-1), after.cols, kept]).toEqual(['newcomer', 4, before.data]);
    const restored = rankrouter.restore({
      models: joined.models,
      featureDim: 12,
      params: joined.params,
      state: joined.state(),
    });
    expect(await restored.score(table)).toEqual(after);
  });

  test('rises with what it won in 0, 10 and 50 comparisons', async () => {
    const catalogued = { ...table, profiles: [1, 10, 100].map((size) => described({ size })) };
    const fitted = await fit(catalogued, { ...small, epochs: 5 });
    const average = async (n: number) => {
      const all = await leads(fitted.withModel!(newcomer(n, () => 1, described({ size: 10 }))));
      return all.reduce((sum, lead) => sum + lead, 0) / all.length;
    };
    const [none, ten, fifty] = [await average(0), await average(10), await average(50)];
    expect(ten).toBeGreaterThan(none + 0.2);
    expect(fifty).toBeGreaterThan(ten + 0.2);
  });

  test('of which nothing is known is refused, with what would help', async () => {
    const fitted = await fit(table, { ...small, epochs: 1 });
    expect(() => fitted.withModel!(newcomer(0, () => 1, described({ size: 3 })))).toThrow(
      expect.objectContaining({
        code: 'VSR_TRAINING_DATA',
        message:
          'rankrouter: nothing is known about newcomer: no outcome, and nothing in the catalogue that the router uses.',
        hint: 'Give outcomes of newcomer on some queries.',
      }),
    );
  });

  test('joins where all queries get one ranking, by its pairs', async () => {
    const even = { ...table, quality: matrix64(240, 3, new Float64Array(720).fill(0.5)) };
    const fitted = await fit(even);
    const joined = fitted.withModel!({
      ...newcomer(30, () => 1),
      others: matrix64(30, 3, new Float64Array(90).fill(0.5)),
    });
    const [lead] = await leads(joined);
    // 90 pairs of weight ½ that it won, against a prior of the variance of 0, 0, 0 and one more model .8 away: 45·(1 − σ(β)) = β·3/.64.
    expect(45 * (1 - 1 / (1 + Math.exp(-lead!)))).toBeCloseTo((lead! * 3) / 0.64, 4);
  });
});

describe('votes', () => {
  const votes = votesOf(400, 5);

  test('are learned from without any outcome; ties count half a win each', async () => {
    const table = { ...silent(votes.interactions.features), interactions: votes.interactions };
    const fitted = await fit(table, small);
    const fresh = votesOf(300, 6);
    const scores = await fitted.score({ features: fresh.interactions.features });
    const chosen = chosenColumns(scores);
    expect(chosen.filter((model, i) => model === i % 3).length).toBeGreaterThan(285);
    expect(fitted.state().json.source).toBe('votes');
  });

  test('without anything to learn from queries the start is Bradley–Terry of the learned votes', async () => {
    const flat = { ...votes.interactions, features: matrix(400, 4, new Float32Array(1600).fill(1)) };
    const warnings: string[] = [];
    const table = { ...silent(flat.features), interactions: flat };
    const fitted = await fit(table, { ...small, epochs: 5 }, { onWarning: (sentence) => warnings.push(sentence) });
    const { ranking, fitted: own } = fitted.state().json.validation as Record<string, { logLoss: number }>;
    expect(own!.logLoss).toBeLessThanOrEqual(ranking!.logLoss + 1e-6);
    if (!warnings.length) return;
    expect(warnings).toEqual(['queries told no more than the ranking of the models: every query gets that ranking.']);
  });

  test('a model that no vote names scores as an average one, with one warning', async () => {
    const warnings: string[] = [];
    const models = ['a', 'b', 'c', 'unheard'];
    const quality = matrix64(400, 4, new Float64Array(1600).fill(Number.NaN));
    const table = { ...silent(votes.interactions.features), models, quality, interactions: votes.interactions };
    const fitted = await fit(table, { ...small, epochs: 1 }, { onWarning: (sentence) => warnings.push(sentence) });
    expect(warnings).toEqual(['no pair holds unheard: scored as an average model.']);
    expect((await fitted.score(table)).data.every(Number.isFinite)).toBe(true);
  });

  test('take the place of outcomes, with one warning', async () => {
    const warnings: string[] = [];
    const { table } = plantedTopics(400, strong, 5, 'grades');
    const both = { ...table, interactions: votes.interactions };
    const fitted = await fit(both, { ...small, epochs: 1 }, { onWarning: (sentence) => warnings.push(sentence) });
    expect(fitted.state().json.source).toBe('votes');
    expect(warnings).toEqual(['400 pairs of votes or ratings are learned from, the outcomes of 400 queries are not.']);
  });

  test('outcomes without a model are refused where there are no votes', async () => {
    await expect(fit(silent(votes.interactions.features))).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA' });
  });
});

describe('capability benchmarks', () => {
  const { table } = plantedTopics(120, strong, 1);

  test('stand in for win rates, and let a new model join without any outcome', async () => {
    const profiles = strong.map(([x, y, z]) => described({ capabilities: { x: x!, y: y!, z: z! } }));
    const fitted = await fit({ ...table, profiles }, { ...small, capability: 'benchmarks' });
    const none = {
      features: matrix(0, 12),
      quality: new Float64Array(),
      rows: new Int32Array(),
      others: matrix64(0, 3),
    };
    const twin = { ...none, model: 'twin', profile: profiles[2]! };
    const scores = await fitted.withModel!(twin).score(table);
    const third = Array.from({ length: 120 }, (_, i) => i).filter((i) => i % 3 === 2);
    const mean = (m: number, rows: number[]) => rows.reduce((sum, i) => sum + scores.data[i * 4 + m]!, 0) / rows.length;
    // Known by model 2's numbers, it is better on model 2's topic than elsewhere.
    const rest = third.map((i) => i - 1);
    expect(mean(3, third) - mean(0, third)).toBeGreaterThan(mean(3, rest) - mean(0, rest));
    expect(() => fitted.withModel!({ ...twin, profile: described({ capabilities: { x: 1 } }) })).toThrow(
      'rankrouter: twin has no number for the benchmark y; the models are known by x, y, z.',
    );
  });

  test('must be the same for all models, and numbers', async () => {
    const strengths: Record<string, number>[] = [{ x: 1, y: 1 }, { x: 1 }, { x: 1, y: 1 }];
    const uneven = strengths.map((capabilities) => described({ capabilities }));
    await expect(fit({ ...table, profiles: uneven }, { capability: 'benchmarks' })).rejects.toMatchObject({
      code: 'VSR_TRAINING_DATA',
      message:
        'rankrouter: capability benchmarks needs the same ones for every model, but model 0 has 2 benchmarks (x, y) and model 1 has 1 benchmarks (x).',
    });
    const broken = [1, 2, Number.NaN].map((x) => described({ capabilities: { x } }));
    await expect(fit({ ...table, profiles: broken }, { capability: 'benchmarks' })).rejects.toMatchObject({
      message: 'rankrouter: the benchmark x of model 2 is NaN; a number is needed.',
    });
    await expect(fit(table, { capability: 'benchmarks' })).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA' });
  });
});

test('the start is the ranking: with no pair of models apart by query, Bradley–Terry of the outcomes is what scores', async () => {
  const quality = matrix64(90, 3);
  for (let i = 0; i < 90; i++) quality.data.set([0.9, 0.5, 0.1], i * 3);
  const table = { ...separableTable(90, 1), quality };
  const fitted = await fit(table, { ...small, epochs: 1, learningRate: 1e-5 });
  const [a, b, c] = (await fitted.score(table)).data;
  const wins = matrix64(
    3,
    3,
    Float64Array.of(0, 0.4, 0.8, 0, 0, 0.4, 0, 0, 0).map((weight) => 81 * weight),
  ); // 81 learn, 9 judge
  const strengths = bradleyTerry(wins, 1);
  expect(a! - b!).toBeCloseTo(strengths[0]! - strengths[1]!, 1);
  expect(b! - c!).toBeCloseTo(strengths[1]! - strengths[2]!, 1);
});

test('no order at all: one warning, equal scores', async () => {
  const warnings: string[] = [];
  const even = { ...separableTable(60, 1), quality: matrix64(60, 3, new Float64Array(180).fill(0.5)) };
  const fitted = await fit(even, {}, { onWarning: (sentence) => warnings.push(sentence) });
  expect([...(await fitted.score(even)).data.subarray(0, 3)]).toEqual([0, 0, 0]);
  expect(warnings).toEqual(['no pair says which of two models is the better one: all models score the same.']);
});

test('a cluster table as wide as the tower is refused', async () => {
  await expect(rankrouter.checkParams({ embeddingDim: 32, clusterDim: 32 })).rejects.toMatchObject({
    code: 'VSR_ROUTER_PARAMS',
    message: 'routers.rankrouter.cluster_dim: expected less than embedding_dim, of which it is a part, got 32.',
  });
});

test('every parameter of the fit changes what is learned', async () => {
  const weights = async (params: object) =>
    (await fit(separableTable(60, 1), { ...small, batchSize: 8, epochs: 2, ...params })).state().tensors;
  const plain = await weights({});
  const others = [
    { idDim: 8 },
    { numClusters: 1 },
    { dropout: 0 },
    { idDropout: 0.5 },
    { weightDecay: 0.5 },
    { batchSize: 16 },
    { lossType: 'hinge' },
    { lossType: 'hinge', margin: 3 },
  ];
  const seen = [plain];
  for (const params of others) {
    const tensors = await weights(params);
    for (const before of seen) expect([params, tensors]).not.toEqual([params, before]);
    seen.push(tensors);
  }
});

test('leaves no tensor behind', async () => {
  const { tf } = await testEngine();
  const before = tf.memory().numTensors;
  await fit(separableTable(60, 1), { ...small, epochs: 2 });
  expect(tf.memory().numTensors).toBe(before);
});

function pairsOf({ quality }: TrainingTable): { query: number; a: number; b: number; outcome: number }[] {
  return Array.from({ length: quality.rows }, (_, query) =>
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([a, b]) => {
      const difference = quality.data[query * 3 + a!]! - quality.data[query * 3 + b!]!;
      return { query, a: a!, b: b!, outcome: (Math.sign(difference) + 1) / 2 };
    }),
  )
    .flat()
    .filter(({ outcome }) => outcome !== 0.5);
}

function described(known: Partial<ModelProfile>): ModelProfile {
  return {
    description: null,
    inputPrice: null,
    outputPrice: null,
    size: null,
    contextWindow: null,
    capabilities: {},
    modalities: ['text'],
    ...known,
  };
}

/** Queries with no outcome of three models. */
function silent(features: Matrix): TrainingTable {
  const quality = matrix64(features.rows, 3, new Float64Array(features.rows * 3).fill(Number.NaN));
  return {
    models: ['a', 'b', 'c'],
    features,
    quality,
    groups: Int32Array.from({ length: features.rows }, (_, i) => i),
  };
}

/** One vote a query of topic i mod 3 between two of three models: the topic's own wins nine times of ten, others tie. */
function votesOf(rows: number, seed: number): { interactions: Interactions } {
  const { table } = plantedTopics(rows, strong, seed);
  const random = seededRandom(seed).fork('votes');
  const cells = Array.from({ length: rows }, (_, query) => {
    const [a, b] = random.shuffle([0, 1, 2]) as [number, number];
    const own = query % 3;
    const favoured = a === own ? 1 : b === own ? -1 : 0;
    const rating = favoured === 0 ? 0 : random.uniform() < 0.9 ? favoured : -favoured;
    return [
      { query, model: a, rating },
      { query, model: b, rating: 0 - rating },
    ];
  }).flat();
  const ints = (of: (cell: (typeof cells)[number]) => number) => Int32Array.from(cells, of);
  return {
    interactions: {
      features: table.features,
      users: ['anybody'],
      user: new Int32Array(cells.length),
      group: ints(({ query }) => query),
      order: Float64Array.from(cells, ({ query }) => query),
      session: ints(({ query }) => query),
      query: ints(({ query }) => query),
      model: ints(({ model }) => model),
      rating: Float64Array.from(cells, ({ rating }) => rating),
      kind: 'votes',
      queryGroups: table.groups,
    },
  };
}
