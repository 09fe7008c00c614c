// Attention of targets that all ask the same, held to the padded layer that asks for each.
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/math/random.js';
import { attendMembers, attendSources, foldQuery } from '../../../src/routers/gmtrouter/alike-attention.js';
import { attend, project } from '../../../src/routers/gmtrouter/attention-layer.js';
import type { EngineScalar, EngineTensor } from '../../../src/training/tensorflow.js';
import { distance } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';

const { tf } = await testEngine();
const [H, HEADS, R] = [8, 2, 5];
const random = seededRandom(4);
const normal = (rows: number, cols: number, scale = 1) =>
  tf.tensor2d(
    Float32Array.from({ length: rows * cols }, () => scale * random.normal()),
    [rows, cols],
  );
/** Target 0 hears rows 0, 2 and 3, target 1 row 4, target 2 nobody, target 3 all. */
const HEARD = [[0, 2, 3], [4], [], [0, 1, 2, 3, 4]];
const parts = [normal(R, H), normal(H, H), normal(1, H), normal(H, H), normal(1, H), normal(1, H)];
const weight = normal(HEARD.length, H);

/** Σ weight·message, and its slopes by states, key, value and query. */
function slopes(message: (...p: EngineTensor[]) => EngineTensor): number[][] {
  const { value, grads } = tf.valueAndGrads(
    (...p: EngineTensor[]) => tf.sum(tf.mul(message(...p), weight)) as EngineScalar,
  )(parts);
  return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
}

test('members: messages and every gradient are those of padded slots, also for who hears nobody', () => {
  const J = 5;
  const index = tf.tensor1d(
    Array.from({ length: J * 4 }, (_, at) => HEARD[at % 4]![Math.floor(at / 4)] ?? 0),
    'int32',
  );
  const filled = Array.from({ length: J * 4 }, (_, at) => (Math.floor(at / 4) < HEARD[at % 4]!.length ? 1 : 0));
  const mask = tf.tensor2d(
    filled.flatMap((is) => Array(HEADS).fill(is)),
    [J, 4 * HEADS],
  );
  const padded = slopes((states, kw, kb, vw, vb, query) => {
    const slots = (w: EngineTensor, b: EngineTensor) =>
      tf.reshape(tf.gather(project(tf, states!, { w, b }), index), [J, 4, H]);
    return attend(tf, query!, { keys: slots(kw!, kb!), values: slots(vw!, vb!), mask }, HEADS);
  });
  const member = tf.tensor2d(HEARD.map((rows) => Array.from({ length: R }, (_, row) => (rows.includes(row) ? 1 : 0))));
  const alike = slopes((states, kw, kb, vw, vb, query) => {
    const logits = project(tf, states!, foldQuery(tf, { w: kw!, b: kb! }, query!, HEADS));
    return attendMembers(tf, { logits, values: project(tf, states!, { w: vw!, b: vb! }) }, member, HEADS);
  });
  padded.forEach((expected, i) => {
    expect(distance(alike[i]!, expected)).toBeLessThan(1e-4);
  });
});

test('members: logits 70 apart still give each target its own rows, and finite gradients', () => {
  const logits = tf.tensor2d([0, 0, 70, 70], [2, 2]);
  const values = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
  const { value, grad } = (() => {
    const found = tf.valueAndGrad((x: EngineTensor) =>
      tf.sum(attendMembers(tf, { logits: x, values }, tf.tensor2d([[1, 0]]), 2)),
    )(logits);
    return { value: found.value.dataSync()[0]!, grad: [...found.grad.dataSync()] };
  })();
  expect(value).toBeCloseTo(10, 4);
  expect(grad.every(Number.isFinite)).toBe(true);
});

test('sources: one slot of each kind', () => {
  const [a, b] = [normal(3, H), normal(3, H)];
  const query = normal(1, H);
  const identity = { w: tf.eye(H), b: tf.zeros([1, H]) };
  const said = [a!, b!].map((keys) => ({
    logits: project(tf, keys, foldQuery(tf, identity, query, HEADS)),
    values: keys,
  }));
  const stacked = tf.stack([a!, b!]);
  const expected = attend(tf, query, { keys: stacked, values: stacked }, HEADS).dataSync();
  expect(distance(attendSources(tf, said, HEADS).dataSync(), expected)).toBeLessThan(1e-5);
});
