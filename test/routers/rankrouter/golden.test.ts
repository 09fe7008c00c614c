// The two towers and their losses against PyTorch 1.13 (fixtures/ranking): 32 battles, 5 models, 4 clusters; γ·scale = 1, β = 0.
import { describe, expect, test } from 'vitest';
import { matrix } from '../../../src/math/matrix.js';
import { transpose } from '../../../src/math/transpose.js';
import { bce, bpr, hinge, type ScoredPairs } from '../../../src/routers/rankrouter/losses.js';
import { GATE_PACE, productScale } from '../../../src/routers/rankrouter/scale.js';
import { rankScores, type Towers } from '../../../src/routers/rankrouter/towers.js';
import type { NamedTensors, NamedWeights } from '../../../src/training/fit-problem.js';
import { inputBatch } from '../../../src/training/layers.js';
import type { EngineTensor } from '../../../src/training/tensorflow.js';
import { hasShared } from '../../shared-folder.js';
import { distance, goldenJson, goldenTensors, goldenWeights } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';

const [BATTLES, MODELS, CLUSTERS, WIDTH] = [32, 5, 4, 16];
/** Ours → the fixture's. */
const LAYERS = {
  semantic: 'semantic',
  query1: 'query.0',
  query2: 'query.2',
  profile1: 'profile.0',
  profile2: 'profile.2',
  model1: 'model.0',
  model2: 'model.2',
};

describe.skipIf(!hasShared)('golden towers (needs ../shared/fixtures)', async () => {
  if (!hasShared) return;
  const { tf } = await testEngine();
  const tensors = goldenTensors('ranking', 'tower.safetensors');
  const given = goldenJson<Record<string, number> & Record<'cluster' | 'winner' | 'loser', number[]>>(
    'ranking',
    'tower.json',
  );
  const flipped = (name: string) => {
    const { shape, data } = tensors[name]!;
    const [rows, cols] = shape as [number, number];
    return { shape: [cols, rows], data: transpose(matrix(rows, cols, Float32Array.from(data))).data };
  };
  const layers: NamedWeights = Object.fromEntries(
    Object.entries(LAYERS).flatMap(([ours, theirs]) => {
      const [w, b] = [`params/${theirs}.weight`, `params/${theirs}.bias`];
      const weights = goldenWeights(tensors, [w, b]);
      return [
        [`${ours}.w`, weights[w]!],
        [`${ours}.b`, weights[b]!],
      ];
    }),
  );
  /** Tables with a column an entry. */
  const tables: NamedWeights = {
    cluster: flipped('params/cluster.weight'),
    identity: flipped('params/identity.weight'),
  };
  const profile = flipped('params/capability'); // here a parameter: its gradient is compared too
  const learned: NamedWeights = { ...layers, ...tables, profile };
  const names = Object.keys(learned);
  const shares = new Float32Array(CLUSTERS * BATTLES);
  given.cluster.forEach((cluster, i) => {
    shares[cluster * BATTLES + i] = 1;
  });
  const place = (side: readonly number[]) =>
    tf.tensor1d(
      side.map((model, i) => model * BATTLES + i),
      'int32',
    );

  // Made outside of what is differentiated: constants made inside are freed before the gradients are asked for.
  const input = inputBatch(tf, matrix(BATTLES, 12, Float32Array.from(tensors.x!.data)));
  const queries = { input, shares: tf.tensor(shares, [CLUSTERS, BATTLES]) };

  const scores = (metric: Towers['metric'], p: NamedTensors): EngineTensor => {
    const scale = GATE_PACE * productScale({ similarityMetric: metric, embeddingDim: WIDTH });
    const parameters = { ...p, gate: tf.scalar(1 / scale), strength: tf.zeros([MODELS, 1]) };
    const towers = { tf, parameters, metric, drop: (h: EngineTensor) => h };
    return rankScores(towers, queries, { profiles: 1, profile: p.profile! });
  };
  const upload = () => names.map((name) => tf.tensor(learned[name]!.data, [...learned[name]!.shape]));
  const named = (values: readonly EngineTensor[]): NamedTensors =>
    Object.fromEntries(names.map((name, i) => [name, values[i]!]));

  const pairsOf = (z: EngineTensor): ScoredPairs => {
    const flat = tf.reshape(z, [z.size]);
    return {
      first: tf.gather(flat, place(given.winner)),
      second: tf.gather(flat, place(given.loser)),
      outcome: tf.ones([BATTLES]),
      weight: tf.ones([BATTLES]),
      total: BATTLES,
    };
  };
  const losses = { bpr, bce, hinge: (t: typeof tf, pairs: ScoredPairs) => hinge(t, pairs, 1) };

  for (const metric of ['dot', 'cosine'] as const) {
    test(`${metric}: scores`, () => {
      const z = tf.transpose(scores(metric, named(upload()))).dataSync();
      expect(distance(z, tensors[`${metric}/scores/f64`]!.data)).toBeLessThan(1e-5);
    });

    for (const [name, loss] of Object.entries(losses)) {
      test(`${metric}, ${name}: loss and every gradient`, () => {
        const key = `${metric}/${name}/f64`;
        const { value, grads } = tf.valueAndGrads((...values: EngineTensor[]) =>
          loss(tf, pairsOf(scores(metric, named(values)))),
        )(upload());
        expect(Math.abs(value.dataSync()[0]! - (given[key] as number))).toBeLessThan(1e-5);
        const off = names.map((ours, i) => {
          const [layer, kind] = ours.split('.');
          const theirs =
            { cluster: 'cluster.weight', identity: 'identity.weight', profile: 'capability' }[ours] ??
            `${LAYERS[layer as 'semantic']}.${kind === 'w' ? 'weight' : 'bias'}`;
          const golden = tensors[`${key}/grad/${theirs}`]!.data;
          const [rows, cols] = learned[ours]!.shape as [number, number];
          const isTable = !ours.includes('.');
          const got = grads[i]!.dataSync() as Float32Array;
          const own = isTable ? transpose(matrix(rows, cols, got)).data : got;
          const largest = Math.max(...Array.from(golden, Math.abs));
          return [ours, distance(own, golden) <= 1e-4 * largest + 1e-7];
        });
        expect(off).toEqual(names.map((ours) => [ours, true]));
      });
    }
  }
});
