// Typed attention and the head against PyTorch Geometric 2.6.1 (fixtures/hgt): forward, attention and every gradient.
import { describe, expect, test } from 'vitest';
import {
  attend,
  foldRelation,
  gatedUpdate,
  layerNorm,
  project,
  type Slots,
} from '../../../src/routers/gmtrouter/attention-layer.js';
import { headScores } from '../../../src/routers/gmtrouter/network.js';
import {
  addLogits,
  addShare,
  foldPlain,
  gatedUpdatePlain,
  layerNormPlain,
  sharesPlain,
  timesRows,
} from '../../../src/routers/gmtrouter/plain-attention.js';
import type { EngineScalar, EngineTensor, TensorFlow } from '../../../src/training/tensorflow.js';
import { hasShared } from '../../shared-folder.js';
import { distance, type FloatTensor, goldenJson, goldenTensors } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';

interface Edges {
  readonly type: readonly [string, string, string];
  readonly source: readonly number[];
  readonly target: readonly number[];
}
interface Graph {
  readonly edges: readonly Edges[];
  readonly bipartite_edges: readonly Edges[];
}
type Named = Readonly<Record<string, FloatTensor>>;
type States = Readonly<Record<string, EngineTensor>>;

const [H, HEADS, D] = [16, 2, 8];
const relationOf = ({ type }: Edges) => type.join('__');

/** For each target the edges that end there, as [relation, source]; the longest list gives the number of slots. */
function incoming(edges: readonly Edges[], type: string, count: number): [number, number][][] {
  const lists = Array.from({ length: count }, (): [number, number][] => []);
  edges.forEach(({ type: [, , target], source, target: to }, e) => {
    if (target !== type) return;
    to.forEach((node, i) => {
      lists[node]!.push([e, source[i]!]);
    });
  });
  return lists;
}

/** One layer of the fixture's graph, every target with as many slots as the one with most edges, masked where it has fewer. */
function paddedLayer(tf: TensorFlow, p: States, states: States, edges: readonly Edges[]): Record<string, EngineTensor> {
  const part = (name: string, type: string, i: number) => ({
    w: tf.transpose(tf.slice(p[`kqv_lin.lins.${type}.weight`]!, [i * H, 0], [H, -1])),
    b: tf.reshape(tf.slice(p[`kqv_lin.lins.${type}.bias`]!, [i * H], [H]), [1, H]),
    name,
  });
  const relation = (name: string, e: number) =>
    tf.gather(
      p[name]!,
      tf.tensor1d(
        Array.from({ length: HEADS }, (_, h) => h * edges.length + e),
        'int32',
      ),
    );
  const out: Record<string, EngineTensor> = {};
  for (const type of Object.keys(states)) {
    if (!edges.some(({ type: [, , target] }) => target === type)) continue;
    const N = states[type]!.shape[0]!;
    const lists = incoming(edges, type, N);
    const heard = edges.map((edge, e) => {
      const source = edge.type[0];
      const priority = tf.mul(p[`p_rel.${relationOf(edge)}`]!, 1 / Math.sqrt(D));
      const key = part('k', source, 0);
      const value = part('v', source, 2);
      return {
        key: project(tf, states[source]!, foldRelation(tf, key.w, key.b, relation('k_rel.weight', e), priority)),
        value: project(tf, states[source]!, foldRelation(tf, value.w, value.b, relation('v_rel.weight', e))),
      };
    });
    const offsets = edges.map((_, e) =>
      edges.slice(0, e).reduce((sum, { type: [source] }) => sum + states[source]!.shape[0]!, 0),
    );
    const J = Math.max(...lists.map(({ length }) => length));
    const at = (j: number, n: number) => lists[n]![j];
    const index = Array.from({ length: J * N }, (_, i) => {
      const edge = at(Math.floor(i / N), i % N);
      return edge ? offsets[edge[0]]! + edge[1] : 0;
    });
    const mask = Array.from({ length: J * N * HEADS }, (_, i) =>
      at(Math.floor(i / (N * HEADS)), Math.floor(i / HEADS) % N) ? 1 : 0,
    );
    const slotted = (name: 'key' | 'value') =>
      tf.reshape(
        tf.gather(
          tf.concat(
            heard.map((said) => said[name]),
            0,
          ),
          tf.tensor1d(index, 'int32'),
        ),
        [J, N, H],
      );
    const slots: Slots = { keys: slotted('key'), values: slotted('value'), mask: tf.tensor2d(mask, [J, N * HEADS]) };
    const message = attend(tf, project(tf, states[type]!, part('q', type, 1)), slots, HEADS);
    const last = {
      w: tf.transpose(p[`out_lin.lins.${type}.weight`]!),
      b: tf.reshape(p[`out_lin.lins.${type}.bias`]!, [1, H]),
    };
    // PyTorch Geometric has no skip connection where the widths differ: a gate wide open.
    const same = states[type]!.shape[1] === H;
    out[type] = gatedUpdate(
      tf,
      message,
      last,
      same ? p[`skip.${type}`]! : tf.scalar(40),
      same ? states[type] : undefined,
    );
  }
  return out;
}

/** The same in plain arrays, over the edges that are there. */
function plainLayer(
  p: Named,
  states: Readonly<Record<string, Float64Array[]>>,
  edges: readonly Edges[],
): { out: Record<string, Float64Array[]>; attention: Record<string, number[]> } {
  const part = (type: string, i: number) => {
    const { shape, data } = p[`kqv_lin.lins.${type}.weight`]!;
    const inputs = shape[1]!;
    const w = Float64Array.from(
      { length: inputs * H },
      (_, at) => data[(i * H + (at % H)) * inputs + Math.floor(at / H)]!,
    );
    return { w, b: Float64Array.from(p[`kqv_lin.lins.${type}.bias`]!.data.subarray(i * H, (i + 1) * H)), outputs: H };
  };
  const relation = (name: string, e: number) =>
    Array.from({ length: HEADS }, (_, h) => [
      ...p[name]!.data.subarray((h * edges.length + e) * D * D, (h * edges.length + e + 1) * D * D),
    ]).flat();
  const attention = Object.fromEntries(edges.map((edge) => [relationOf(edge), [] as number[]]));
  const folds = edges.map((edge, e) => {
    const scales = Array.from(p[`p_rel.${relationOf(edge)}`]!.data, (x) => x / Math.sqrt(D));
    return {
      key: foldPlain(part(edge.type[0], 0), relation('k_rel.weight', e), scales),
      value: foldPlain(part(edge.type[0], 2), relation('v_rel.weight', e), [1, 1]),
    };
  });
  const out: Record<string, Float64Array[]> = {};
  for (const [type, own] of Object.entries(states)) {
    if (!edges.some(({ type: [, , target] }) => target === type)) continue;
    const { data } = p[`out_lin.lins.${type}.weight`]!;
    const w = Float64Array.from({ length: H * H }, (_, at) => data[(at % H) * H + Math.floor(at / H)]!);
    const last = { w, b: Float64Array.from(p[`out_lin.lins.${type}.bias`]!.data), outputs: H };
    out[type] = incoming(edges, type, own.length).map((list, n) => {
      const from = ([e, node]: [number, number]) => states[edges[e]!.type[0]]![node]!;
      const query = timesRows(own[n]!, 1, part(type, 1));
      const shares = new Float64Array(list.length * HEADS);
      list.forEach((edge, j) => {
        addLogits(query, 0, timesRows(from(edge), 1, folds[edge[0]]!.key), 0, H, shares, j * HEADS, HEADS);
      });
      sharesPlain(shares, list.length, HEADS);
      const message = new Float64Array(H);
      list.forEach((edge, j) => {
        addShare(message, 0, timesRows(from(edge), 1, folds[edge[0]]!.value), 0, H, shares, j, HEADS);
      });
      list.forEach(([e, node], j) => {
        const edge = edges[e]!;
        const at = edge.target.findIndex(
          (target, i) => target === n && edge.source[i] === node && !(i in attention[relationOf(edge)]!),
        );
        attention[relationOf(edge)]![at] = shares[j * HEADS]!;
      });
      const same = own[n]!.length === H;
      return gatedUpdatePlain(message, 1, last, same ? p[`skip.${type}`]!.data[0]! : 40, same ? own[n] : undefined);
    });
  }
  return { out, attention };
}

describe.skipIf(!hasShared)('golden typed attention (needs ../shared/fixtures)', async () => {
  if (!hasShared) return;
  const { tf } = await testEngine();
  const inputs = goldenTensors('hgt', 'inputs.safetensors');
  const expected = goldenTensors('hgt', 'expected.safetensors');
  const graph = goldenJson<Graph>('hgt', 'graph.json');
  const cases = [
    { name: 'history', edges: graph.edges, layers: 2, norm: false },
    { name: 'history_norm', edges: graph.edges, layers: 2, norm: true },
    { name: 'project', edges: graph.edges, layers: 1, norm: false },
    { name: 'bipartite', edges: graph.bipartite_edges, layers: 2, norm: false },
  ];

  for (const { name, edges, layers, norm } of cases) {
    const parameters = Object.keys(inputs).filter((key) => key.startsWith(`${name}/`));
    const run = (
      values: readonly EngineTensor[],
      upTo: number,
      seen: (layer: number, type: string, value: EngineTensor) => void,
    ) => {
      const of = (prefix: string) =>
        Object.fromEntries(
          parameters.flatMap((key, i) =>
            key.startsWith(`${name}/${prefix}/`) ? [[key.slice(name.length + prefix.length + 2), values[i]!]] : [],
          ),
        );
      let states: Record<string, EngineTensor> = of('x');
      for (let layer = 1; layer <= upTo; layer++) {
        let out = paddedLayer(tf, of(`layer${layer}`), states, edges);
        const { weight, bias } = of(`norm${layer}`);
        if (norm)
          out = Object.fromEntries(
            Object.entries(out).map(([type, value]) => [type, layerNorm(tf, value, weight!, bias!)]),
          );
        for (const [type, value] of Object.entries(out)) seen(layer, type, value);
        states = { ...states, ...out };
      }
      return tf.sum(tf.square(states.user!)) as EngineScalar;
    };
    const tensors = () =>
      parameters.map((key) => tf.tensor(inputs[key]!.data as Float32Array, inputs[key]!.shape as number[]));

    test(`${name}: padded and masked, forward to 1e-5`, () => {
      tf.tidy(() => {
        const off: Record<string, number> = {};
        run(tensors(), layers, (layer, type, value) => {
          const golden = expected[`${name}/f64/layer${layer}/out/${type}`]!;
          off[`${layer} ${type}`] = distance(value.dataSync(), golden.data);
        });
        expect(Object.entries(off).filter(([, value]) => !(value < 1e-5))).toEqual([]);
      });
    });

    const losses = [...(name === 'history' ? [[1, 'layer1_only/'] as const] : []), [layers, ''] as const];
    for (const [upTo, prefix] of losses) {
      test(`${name}: every gradient through ${upTo} layer(s), to 1e-4 of the tensor's largest entry`, () => {
        tf.tidy(() => {
          // What does not reach the loss has no gradient to the engine; a zero times it does.
          const nothing = (values: EngineTensor[]) => tf.mul(tf.addN(values.map((value) => tf.sum(value))), 0);
          const gradients = tf.grads((...values: EngineTensor[]) =>
            tf.add(
              run(values, upTo, () => {}),
              nothing(values),
            ),
          );
          const reached = parameters.filter(
            (key) => prefix === '' || (key.includes('/layer1/') && !key.includes('/norm')),
          );
          const got = gradients(tensors());
          let compared = 0;
          for (const key of reached) {
            const short = key.slice(name.length + 1);
            const golden = expected[`${name}/f64/${prefix}grad/${prefix ? short.replace('layer1/', '') : short}`];
            const value = got[parameters.indexOf(key)]!.dataSync();
            const largest = golden ? Math.max(...golden.data.map(Math.abs)) : 0;
            const off = distance(value, golden?.data ?? new Float32Array(value.length));
            expect([key, off <= 1e-4 * largest + 1e-6]).toEqual([key, true]);
            if (golden) compared++;
          }
          const stored = Object.keys(expected).filter((key) => key.startsWith(`${name}/f64/${prefix}grad/`));
          expect(compared).toBe(stored.length);
        });
      });
    }

    test(`${name}: plain arrays over the edges that are there, forward and attention to 1e-10`, () => {
      const of = (prefix: string) =>
        Object.fromEntries(
          parameters.flatMap((key) =>
            key.startsWith(`${name}/${prefix}/`) ? [[key.slice(name.length + prefix.length + 2), inputs[key]!]] : [],
          ),
        );
      const rows = ({ shape, data }: FloatTensor) =>
        Array.from({ length: shape[0]! }, (_, i) =>
          Float64Array.from(data.subarray(i * shape[1]!, (i + 1) * shape[1]!)),
        );
      let states: Record<string, Float64Array[]> = Object.fromEntries(
        Object.entries(of('x')).map(([type, value]) => [type, rows(value)]),
      );
      for (let layer = 1; layer <= layers; layer++) {
        const { weight, bias } = of(`norm${layer}`);
        const { out: raw, attention } = plainLayer(of(`layer${layer}`), states, edges);
        const out = Object.fromEntries(
          Object.entries(raw).map(([type, values]) => [
            type,
            norm ? values.map((value) => layerNormPlain(value, weight!.data, bias!.data)) : values,
          ]),
        );
        for (const [type, values] of Object.entries(out)) {
          const golden = expected[`${name}/f64/layer${layer}/out/${type}`]!.data;
          const flat = values.flatMap((value) => [...value]);
          expect([type, distance(flat, golden) < 1e-10]).toEqual([type, true]);
        }
        for (const [relation, shares] of Object.entries(attention)) {
          const golden = expected[`${name}/f64/layer${layer}/attention/${relation}`]!.data;
          const ofHead0 = Array.from(golden).filter((_, i) => i % HEADS === 0);
          expect([relation, distance(shares, ofHead0) < 1e-10]).toEqual([relation, true]);
        }
        states = { ...states, ...out };
      }
    });
  }

  test('head: scores to 1e-5 and every gradient to 1e-4 of the largest entry', () => {
    const golden = goldenTensors('hgt', 'head.safetensors');
    const names = Object.keys(golden).filter((key) => key.startsWith('params/') || key.startsWith('x/'));
    tf.tidy(() => {
      const given = names.map((key) => tf.tensor(golden[key]!.data as Float32Array, golden[key]!.shape as number[]));
      const scores = (...values: EngineTensor[]): EngineTensor => {
        const of = (key: string) => values[names.indexOf(key)]!;
        const parameters: Record<string, EngineTensor> = {
          'head.w': tf.transpose(of('params/out.weight')),
          'head.rho': tf.zeros([1, 1]),
          'head.attention.o.w': tf.transpose(of('params/attention.out_proj.weight')),
          'head.attention.o.b': tf.reshape(of('params/attention.out_proj.bias'), [1, 8]),
        };
        ['q', 'k', 'v'].forEach((part, i) => {
          const w = tf.slice(of('params/attention.in_proj_weight'), [8 * i, 0], [8, 8]);
          parameters[`head.attention.${part}.w`] = tf.transpose(w);
          parameters[`head.attention.${part}.b`] = tf.reshape(
            tf.slice(of('params/attention.in_proj_bias'), [8 * i], [8]),
            [1, 8],
          );
        });
        for (const token of ['user', 'query', 'llm']) {
          parameters[`head.${token}.w`] = tf.transpose(of(`params/${token}.weight`));
          parameters[`head.${token}.b`] = tf.reshape(of(`params/${token}.bias`), [1, 8]);
        }
        const shape = {
          hidden: 8,
          heads: 2,
          layers: 2,
          conv: 'hgt',
          multiTurn: false,
          featureDim: 16,
          models: 4,
          described: false,
        } as const;
        const network = { tf, parameters, shape, drop: (h: EngineTensor) => h };
        return tf.add(headScores(network, of('x/user'), of('x/query'), of('x/llm')), of('params/out.bias'));
      };
      expect(distance(scores(...given).dataSync(), golden['f64/scores']!.data)).toBeLessThan(1e-5);
      const pick = (of: EngineTensor, which: 'first' | 'second') => {
        const at = Array.from({ length: 24 }, (_, i) =>
          Number(golden[which]!.data[Math.floor(i / 4)]) === i % 4 ? 1 : 0,
        );
        return tf.sum(tf.mul(of, tf.tensor2d(at, [6, 4])), 1);
      };
      const gradients = tf.grads((...values: EngineTensor[]) => {
        const s = scores(...values);
        const difference = tf.sub(pick(s, 'first'), pick(s, 'second'));
        const t = tf.tensor1d(Float32Array.from(golden.outcome!.data));
        return tf.mean(tf.sub(tf.softplus(difference), tf.mul(t, difference)));
      })(given);
      const parametersOnly = names.filter((name) => name.startsWith('params/'));
      for (const name of parametersOnly) {
        const want = golden[`f64/grad/${name.slice('params/'.length)}`]!.data;
        const off = distance(gradients[names.indexOf(name)]!.dataSync(), want);
        const largest = Math.max(...want.map(Math.abs));
        expect([name, off <= 1e-4 * largest + 1e-7]).toEqual([name, true]);
      }
      expect(parametersOnly.length).toBe(Object.keys(golden).filter((key) => key.startsWith('f64/grad/')).length);
    });
  });
});
