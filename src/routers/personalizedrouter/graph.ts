// The fitted network as scoring graphs. States of tasks and models and the training queries are constants of them.
import { type GraphBuilder, graphBuilder, type ScoringGraph, type Value } from '../../inference/scoring-graph.js';
import { transpose } from '../../math/transpose.js';
import { unitRows } from '../unit-rows.js';
import { signsOf } from './components.js';
import { ESTIMATE_SHRINKAGE, LAYERS, NORM_EPSILON, SAME_QUERY, SUREST, TASTES } from './constants.js';
import type { PersonalState } from './state.js';

/** Steep enough that what is beyond `SAME_QUERY` falls behind every other row. */
const SAME_QUERY_PENALTY = 1e7;

interface NetworkValues {
  /** [batch×M] of each component: what the neighbours say, and what the network makes of it. */
  readonly estimates: readonly Value[];
  readonly expected: readonly Value[];
  /** ψ [batch×M×A] */
  readonly psi: Value;
}

/**
 * features [batch×D], weights [batch×3] (quality, cost, latency), delta [batch×M], taste [batch×A] and, where the data knows tasks,
 * task [batch×T] → s = ŵ·(quality, −cost, −latency) + δ + ρ⟨W_v v, ψ⟩/√A [batch×M].
 */
export function personalGraph(state: PersonalState, featureDim: number, models: number): ScoringGraph {
  const graph = graphBuilder();
  const features = graph.input('features', ['batch', featureDim]);
  const weights = graph.input('weights', ['batch', 3]);
  const delta = graph.input('delta', ['batch', models]);
  const taste = graph.input('taste', ['batch', TASTES]);
  const { expected, psi } = networkValues(graph, state, features);
  const signs = signsOf(state.components);
  const columns = { quality: 0, cost: 1, latency: 2 };
  let scores = delta;
  state.components.forEach(({ name }, k) => {
    const column = new Float32Array(3);
    column[columns[name]] = signs[k]!;
    const weight = graph.matMul(weights, graph.constant(`${name}.weight`, { shape: [3, 1], data: column }));
    scores = graph.add(scores, graph.mul(weight, expected[k]!));
  });
  const read = graph.matMul(
    taste,
    graph.constant('taste.reader', { shape: [TASTES, TASTES], data: tasteReader(state) }),
  );
  const liked = graph.matMul(psi, graph.unsqueeze(read, [2])); // [batch×M×1]
  return graph.build(graph.add(scores, graph.squeeze(liked, [2])));
}

/** features [batch×D] (and task) → [batch×M×(A+K)]: ψ, then what the neighbours say of each component. For a person's past. */
export function pastGraph(state: PersonalState, featureDim: number): ScoringGraph {
  const graph = graphBuilder();
  const { estimates, psi } = networkValues(graph, state, graph.input('features', ['batch', featureDim]));
  return graph.build(graph.concat([psi, ...estimates.map((estimate) => graph.unsqueeze(estimate, [2]))], 2));
}

function networkValues(graph: GraphBuilder, state: PersonalState, features: Value): NetworkValues {
  const unit = unitRows(graph, features);
  const estimates = neighbourValues(graph, state, unit);
  const hidden = hiddenValues(graph, state, queryStates(graph, state, unit), estimates);
  const K = state.components.length;
  const out = state.weights['head.out']!.data;
  const bias = state.weights['head.outBias']!.data;
  const H = out.length / (K + TASTES);
  /** Columns from … of the head's output: [batch×M×count]. */
  const output = (name: string, from: number, count: number) => {
    const data = Float32Array.from(
      { length: H * count },
      (_, at) => out[Math.floor(at / count) * (K + TASTES) + from + (at % count)]!,
    );
    const product = graph.matMul(hidden, graph.constant(`${name}.out`, { shape: [H, count], data }));
    return graph.add(
      product,
      graph.constant(`${name}.outBias`, { shape: [count], data: bias.slice(from, from + count) }),
    );
  };
  const expected = state.components.map(({ name }, k) => {
    const correction = graph.squeeze(output(name, k, 1), [2]);
    return k === 0 ? corrected(graph, estimates[0]!, correction) : graph.add(estimates[k]!, correction);
  });
  return { estimates, expected, psi: output('psi', K, TASTES) };
}

/** (Σ K v + 10 g) / (Σ K + 10) over the nearest rows that are not the query itself, per component [batch×M]. */
function neighbourValues(graph: GraphBuilder, state: PersonalState, unit: Value): Value[] {
  const pull = graph.scalar(ESTIMATE_SHRINKAGE);
  const prior = (k: number) => {
    const { name, prior: g } = state.components[k]!;
    const data = g.data.map((value) => value * ESTIMATE_SHRINKAGE);
    return graph.constant(`${name}.prior`, { shape: g.shape, data });
  };
  if (state.neighbours === 0) {
    const zero = graph.reduceSum(graph.mul(unit, graph.scalar(0)), [-1]); // [batch×1]
    return state.components.map((_, k) => graph.add(zero, graph.div(prior(k), pull)));
  }
  const similarity = graph.matMul(unit, graph.constant('rows', state.rows)); // [batch×N]
  const excess = graph.relu(graph.sub(similarity, graph.scalar(SAME_QUERY)));
  const others = graph.sub(similarity, graph.mul(excess, graph.scalar(SAME_QUERY_PENALTY)));
  const { indices } = graph.topK(others, state.neighbours);
  const sums = (name: string, table: (typeof state.components)[number]['values']) =>
    graph.reduceSum(graph.gather(graph.constant(name, table), indices), [1], false); // [batch×M]
  return state.components.map(({ name, values, present }, k) =>
    graph.div(graph.add(sums(`${name}.values`, values), prior(k)), graph.add(sums(`${name}.present`, present), pull)),
  );
}

/** h_q after the last layer [batch×H]. */
function queryStates(graph: GraphBuilder, state: PersonalState, unit: Value): Value {
  const { weights, taskNames, tasks } = state;
  const constant = (name: string) => graph.constant(name, weights[name]!);
  const { shape, data } = weights['encoder.weights']!;
  const scaled = data.map((value) => value * Math.sqrt(shape[0]!));
  let h = graph.relu(
    graph.add(graph.matMul(unit, graph.constant('encoder', { shape, data: scaled })), constant('encoder.bias')),
  );
  const task = taskNames.length > 0 ? graph.input('task', ['batch', taskNames.length]) : undefined;
  for (let layer = 1; layer <= LAYERS; layer++) {
    const name = `layer${layer}`;
    let own = graph.add(graph.matMul(h, constant(`${name}.query.self`)), constant(`${name}.query.selfBias`));
    if (task) {
      const message = graph.matMul(
        graph.constant(`tasks.${layer - 1}`, tasks[layer - 1]!),
        constant(`${name}.message`),
      );
      own = graph.add(own, graph.matMul(task, graph.add(message, constant(`${name}.messageBias`))));
    }
    const z = graph.add(h, graph.relu(own));
    const centred = graph.sub(z, graph.reduceMean(z, [-1]));
    const variance = graph.reduceMean(graph.mul(centred, centred), [-1]);
    const unitVariance = graph.div(centred, graph.sqrt(graph.add(variance, graph.scalar(NORM_EPSILON))));
    h = graph.add(graph.mul(unitVariance, constant(`${name}.query.gain`)), constant(`${name}.query.shift`));
  }
  return h;
}

/** ReLU(W₁[h_q; h_m; h_q⊙h_m; estimates] + b₁) [batch×M×H]. */
function hiddenValues(graph: GraphBuilder, state: PersonalState, h: Value, estimates: readonly Value[]): Value {
  const { weights, models } = state;
  const constant = (name: string) => graph.constant(name, weights[name]!);
  const model = graph.constant(`models.${LAYERS}`, models[LAYERS]!); // [M×H]
  const query = graph.unsqueeze(graph.matMul(h, constant('head.query')), [1]); // [batch×1×H]
  const alone = graph.add(graph.matMul(model, constant('head.model')), constant('head.bias')); // [M×H]
  const pairs = graph.mul(graph.unsqueeze(h, [1]), model); // [batch×M×H]
  const told = graph.concat(
    estimates.map((estimate) => graph.unsqueeze(estimate, [2])),
    2,
  ); // [batch×M×K]
  const met = graph.add(graph.matMul(pairs, constant('head.product')), graph.matMul(told, constant('head.estimates')));
  return graph.relu(graph.add(graph.add(query, alone), met));
}

/** σ(logit(p) + o) = p / (p + (1 − p)·exp(−o)), p cut to [.02, .98]. */
function corrected(graph: GraphBuilder, quality: Value, correction: Value): Value {
  const low = graph.scalar(1 - SUREST);
  const raised = graph.add(low, graph.relu(graph.sub(quality, low)));
  const p = graph.sub(raised, graph.relu(graph.sub(raised, graph.scalar(SUREST))));
  const rest = graph.mul(graph.sub(graph.scalar(1), p), graph.exp(graph.neg(correction)));
  return graph.div(p, graph.add(p, rest));
}

/** (ρ/√A)·W_vᵀ [A×A] */
function tasteReader({ weights }: PersonalState): Float32Array {
  const strength = weights['taste.strength']!.data[0]! / Math.sqrt(TASTES);
  const { data } = transpose({ rows: TASTES, cols: TASTES, data: weights['taste.matrix']!.data });
  return data.map((value) => value * strength);
}
