// The network with batch norm before its ReLU against PyTorch 1.13 (fixtures/mlp, norm_relu): loss, logits, and the folded scoring graph.
import { describe, expect, test } from 'vitest';
import { plainEvaluator } from '../../../src/inference/plain/plain-evaluator.js';
import { matrix } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { autorouterGraph } from '../../../src/routers/autorouter/graph.js';
import { autorouterProblem } from '../../../src/routers/autorouter/problem.js';
import { fromState, layersState } from '../../../src/routers/autorouter/state.js';
import { foldedLayers } from '../../../src/training/folded-layers.js';
import { hasShared } from '../../shared-folder.js';
import { distance, goldenJson, goldenTensors, goldenWeights, transposed } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';

const NAMES = ['w1', 'b1', 'w2', 'b2', 'w3', 'b3', 'gamma1', 'beta1', 'gamma2', 'beta2'];
const BUFFERS = ['running_mean1', 'running_var1', 'running_mean2', 'running_var2'];
const PARAMS = { hiddenLayers: [16, 8], dropout: 0, batchNorm: true };

describe.skipIf(!hasShared)('golden batch norm (needs ../shared/fixtures)', async () => {
  if (!hasShared) return;
  const { tf } = await testEngine();
  const data = goldenTensors('mlp', 'data.safetensors');
  const golden = goldenTensors('mlp', 'batchnorm.safetensors');
  const { batchnorm } = goldenJson<{ batchnorm: Record<string, number[][] | number> }>('mlp', 'expected.json');
  const [parameters, buffers] = [goldenWeights(data, NAMES), goldenWeights(data, BUFFERS)];
  const x = matrix(64, 24, Float32Array.from(data.x!.data));
  const [quality, present] = [data.quality!, data.mask!].map((tensor) => Float32Array.from(tensor.data)) as [
    Float32Array,
    Float32Array,
  ];
  const table = {
    targets: quality,
    weights: present,
    quality,
    present,
    shift: new Float32Array(5),
    outputBias: new Float32Array(5),
    constants: [null, null, null, null, null],
  };
  const problem = autorouterProblem(x, table, PARAMS, { parameters, buffers });
  const batch = problem.batch(
    tf,
    Int32Array.from({ length: 64 }, (_, i) => i),
  );
  const tensors = (weights: typeof parameters) =>
    Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, tf.tensor(w.data, [...w.shape])]));
  const step = {
    tf,
    batch,
    parameters: tensors(parameters),
    buffers: tensors(buffers),
    random: seededRandom(1),
    observe: () => {},
  };
  /** Σ mask·(softplus(z) − q·z) / Σ mask of PyTorch's logits. */
  const crossEntropy = (name: string) => {
    const z = (batchnorm[name] as number[][]).flat();
    const cells = z.map((value, at) => present[at]! * (Math.log1p(Math.exp(value)) - quality[at]! * value));
    return cells.reduce((a, b) => a + b, 0) / present.reduce((a, b) => a + b, 0);
  };

  test('training loss by the statistics of the batch, held-out loss by the settled ones', () => {
    const loss = (training: boolean) => problem.loss({ ...step, training }).dataSync()[0]!;
    expect(loss(true)).toBeCloseTo(crossEntropy('norm_relu/f64/train_logits'), 5);
    expect(loss(false)).toBeCloseTo(crossEntropy('norm_relu/f64/eval_logits'), 5);
  });

  test('gradients of every parameter', () => {
    const f = (...values: (typeof step.parameters)[string][]) =>
      problem.loss({ ...step, training: true, parameters: Object.fromEntries(NAMES.map((n, i) => [n, values[i]!])) });
    const { grads } = tf.valueAndGrads(f)(NAMES.map((name) => step.parameters[name]!));
    for (const [i, name] of NAMES.entries()) {
      expect([name, distance(grads[i]!.dataSync(), golden[`norm_relu/f64/grad/${name}`]!.data) < 1e-5]).toEqual([
        name,
        true,
      ]);
    }
  });

  test('folded into plain layers, and scored by the graph as probabilities', async () => {
    const layers = foldedLayers(parameters, buffers, 3, 'before_relu');
    layers.forEach(({ weights, bias }, i) => {
      expect(distance(weights, golden[`norm_relu/f64/folded/w${i + 1}`]!.data)).toBeLessThan(1e-5);
      expect(distance(bias, golden[`norm_relu/f64/folded/b${i + 1}`]!.data)).toBeLessThan(1e-5);
    });
    const models = ['a', 'b', 'c', 'd', 'e'];
    const state = fromState({ state: layersState(layers, 0), models, featureDim: 24, params: PARAMS as never });
    const unit = matrix(64, 24, x.data.slice());
    // The graph scales rows to length 1; here each row is asked as it is, its length put back into the first layer.
    const logits = (batchnorm['norm_relu/f64/eval_logits'] as number[][]).flat();
    for (const row of [0, 17, 63]) {
      const features = unit.data.subarray(row * 24, (row + 1) * 24);
      const length = Math.hypot(...features);
      const [first, ...rest] = state.layers;
      const stretched = { ...first!, weights: { ...first!.weights, data: first!.weights.data.map((w) => w * length) } };
      const graph = autorouterGraph({ ...state, layers: [stretched, ...rest] }, 24);
      const { data: scores } = await plainEvaluator(graph).run({
        features: { shape: [1, 24], data: features.slice() },
      });
      const expected = logits.slice(row * 5, row * 5 + 5).map((z) => 1 / (1 + Math.exp(-z)));
      expect(distance(scores, expected)).toBeLessThan(1e-5);
    }
    expect(transposed([1, 2, 3, 4], 2, 2)).toEqual([1, 3, 2, 4]);
  });
});
