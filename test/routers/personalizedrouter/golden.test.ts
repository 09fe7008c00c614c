// The convolution against PyTorch Geometric's GeneralConv, forward and gradients, and the reference network built from it.
import { expect, test } from 'vitest';
import { type Edges, meanOfMessages, sumOfMessages } from '../../../src/routers/personalizedrouter/messages.js';
import type { EngineTensor, TensorFlow } from '../../../src/training/tensorflow.js';
import { hasShared } from '../../shared-folder.js';
import { distance, type FloatTensor, goldenJson, goldenTensors } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';

interface Graph {
  readonly queries: number;
  readonly models: number;
  readonly users: number;
  readonly visible_edges: readonly (readonly [number, number])[];
  readonly visible_edge_attr: readonly number[];
  readonly predict_edges: readonly (readonly [number, number])[];
  readonly predict_labels: readonly number[];
  readonly reference_losses: Readonly<Record<string, number>>;
  readonly convs: Readonly<Record<string, { readonly in: number; readonly out: number; readonly aggr?: string }>>;
}

const why = hasShared ? '' : ' (skipped: there is no ../shared)';
const graph = hasShared ? goldenJson<Graph>('generalconv', 'graph.json') : undefined;
const inputs = hasShared ? goldenTensors('generalconv', 'inputs.safetensors') : {};
const expected = hasShared ? goldenTensors('generalconv', 'expected.safetensors') : {};
const NODES = 10;

// What PersonalizedRouter's released code uses, and the mean that ours uses.
for (const name of ['plain', 'plain_projecting', 'mean']) {
  test.skipIf(!hasShared)(`${name}: output and every gradient as PyTorch Geometric has them${why}`, async () => {
    const { tf } = await testEngine();
    const { in: width, out, aggr } = graph!.convs[name]!;
    const own = Object.keys(inputs).filter((key) => key.startsWith(`${name}/`));
    const names = ['x', 'edge_attr', ...own.map((key) => key.slice(name.length + 1))];
    const x = tf.slice(tensorOf(tf, inputs.x!), [0, 0], [NODES, width]);
    const attributes = tf.tensor([...graph!.visible_edge_attr], [graph!.visible_edge_attr.length, 1]);
    const target = tf.slice(tensorOf(tf, inputs.target!), [0, 0], [NODES, out]);
    const values = [x, attributes, ...own.map((key) => tensorOf(tf, inputs[key]!))];
    const run = (...tensors: EngineTensor[]) => {
      const p = Object.fromEntries(names.map((key, i) => [key, tensors[i]!]));
      return generalConv(tf, p, denseEdges(tf, p.edge_attr!), aggr === 'mean');
    };
    expect(relative(run(...values), expected[`${name}/f32/out`]!)).toBeLessThan(1e-5);
    const { grads } = tf.valueAndGrads((...tensors) => tf.sum(tf.mul(run(...tensors), target)))(values);
    names.forEach((key, i) => {
      expect([key, relative(grads[i]!, expected[`${name}/f32/grad/${key}`]!) < 1e-4]).toEqual([key, true]);
    });
  });
}

test.skipIf(!hasShared)(`the reference network: states, scores, loss and every gradient${why}`, async () => {
  const { tf } = await testEngine();
  const names = Object.keys(inputs)
    .filter((key) => key.startsWith('reference/') && !key.startsWith('reference/x/'))
    .map((key) => key.slice('reference/'.length));
  const values = names.map((key) => tensorOf(tf, inputs[`reference/${key}`]!));
  const run = (tensors: readonly EngineTensor[]) =>
    reference(tf, Object.fromEntries(names.map((key, i) => [key, tensors[i]!])));
  const states = run(values);
  for (const key of ['x0', 'x1', 'x2', 'score'] as const) {
    expect([key, relative(states[key], expected[`reference/f32/train/${key}`]!) < 1e-5]).toEqual([key, true]);
  }
  const { value, grads } = tf.valueAndGrads((...tensors) => crossEntropy(tf, run(tensors).score))(values);
  expect(Math.abs(value.dataSync()[0]! - graph!.reference_losses['bce/f32']!)).toBeLessThan(1e-6);
  names.forEach((key, i) => {
    const golden = expected[`reference/f32/grad/${key}`]!;
    const off = distance(grads[i]!.dataSync(), golden.data);
    // Batch normalisation takes a bias before it out again: its gradient is rounding, in either library.
    expect([key, off <= 1e-4 * Math.max(largest(golden), 1e-3)]).toEqual([key, true]);
  });
});

type Parameters = Readonly<Record<string, EngineTensor>>;

/** GeneralConv of one head without attention, by the router's own sums; the skip is the identity or a projection. */
function generalConv(tf: TensorFlow, p: Parameters, edges: Edges, mean: boolean, prefix = ''): EngineTensor {
  const of = (name: string) => p[`${prefix}${name}`];
  const weights = {
    source: tf.transpose(of('lin_msg.weight')!),
    bias: tf.reshape(tf.add(of('lin_msg.bias')!, of('lin_edge.bias')!), [1, -1]),
    edge: tf.transpose(of('lin_edge.weight')!),
    products: [],
  };
  const h = p.x!;
  const messages = mean ? meanOfMessages(tf, h, edges, weights) : sumOfMessages(tf, h, edges, weights);
  const self = of('lin_self.weight');
  return tf.add(messages, self ? tf.add(tf.matMul(h, tf.transpose(self)), of('lin_self.bias')!) : h);
}

function reference(tf: TensorFlow, p: Parameters) {
  const { queries, users } = graph!;
  const linear = (name: string, x: EngineTensor) =>
    tf.add(tf.matMul(x, tf.transpose(p[`${name}.weight`]!)), p[`${name}.bias`]!);
  const given = (name: string) => tensorOf(tf, inputs[`reference/x/${name}`]!);
  const user = linear('user', given('user'));
  const tiled = tf.slice(tf.tile(user, [Math.ceil(queries / users), 1]), [0, 0], [queries, -1]);
  const asked = tf.concat([linear('task', given('task')), linear('query', given('query')), tiled], 1);
  const x0 = tf.concat([asked, linear('llm', given('llm'))], 0);
  const attributes = tf.tensor([...graph!.visible_edge_attr], [graph!.visible_edge_attr.length, 1]);
  const edges = denseEdges(tf, tf.relu(linear('edge', attributes)));
  const norm = (name: string, x: EngineTensor) => {
    const centred = tf.sub(x, tf.mean(x, 0, true));
    const variance = tf.mean(tf.square(centred), 0, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), p[`${name}.weight`]!), p[`${name}.bias`]!);
  };
  const x1 = tf.relu(norm('bn1', generalConv(tf, { ...p, x: x0 }, edges, false, 'conv1.')));
  const x2 = norm('bn2', generalConv(tf, { ...p, x: x1 }, edges, false, 'conv2.'));
  const pick = (side: 0 | 1) =>
    tf.tensor1d(
      graph!.predict_edges.map((edge) => edge[side]),
      'int32',
    );
  const score = tf.sigmoid(tf.mean(tf.mul(tf.gather(x0, pick(0)), tf.gather(x2, pick(1))), 1));
  return { x0, x1, x2, score };
}

function crossEntropy(tf: TensorFlow, score: EngineTensor) {
  const y = tf.tensor1d([...graph!.predict_labels]);
  const hit = tf.mul(y, tf.log(score));
  const miss = tf.mul(tf.sub(1, y), tf.log(tf.sub(1, score)));
  return tf.neg(tf.mean(tf.add(hit, miss)));
}

/** The fixture's edges as masked dense matrices [targets × sources]; the values keep their gradient. */
function denseEdges(tf: TensorFlow, attributes: EngineTensor): Edges {
  const edges = graph!.visible_edges;
  const place = new Float32Array(NODES * NODES * edges.length);
  const mask = new Float32Array(NODES * NODES);
  edges.forEach(([source, target], i) => {
    place[(target * NODES + source) * edges.length + i] = 1;
    mask[target * NODES + source] = 1;
  });
  const values = tf.matMul(tf.tensor(place, [NODES * NODES, edges.length]), attributes);
  return { mask: tf.tensor(mask, [NODES, NODES]), values: [tf.reshape(values, [NODES, NODES])] };
}

function tensorOf(tf: TensorFlow, { shape, data }: FloatTensor): EngineTensor {
  return tf.tensor(Float32Array.from(data), [...shape]);
}

/** Largest distance, relative to the largest entry. */
function relative(actual: EngineTensor, golden: FloatTensor): number {
  return distance(actual.dataSync(), golden.data) / largest(golden);
}

function largest({ data }: FloatTensor): number {
  return Math.max(...Array.from(data, Math.abs));
}
