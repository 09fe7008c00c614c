// Adds a model to a fitted network: its state from its description, the few outcomes it brings and its family, no gradient step.
import { multiply } from '../../inference/plain/multiply.js';
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { topK } from '../../math/top-k.js';
import { transpose } from '../../math/transpose.js';
import { type Newcomer, withColumn, withValue } from '../newcomer.js';
import { scaled } from './components.js';
import { LAYERS, NORM_EPSILON } from './constants.js';
import { descriptions, sameFamily } from './described.js';
import type { FloatTensor, PersonalState, StoredComponent } from './state.js';

/**
 * @param known names of the models that are there
 * @param family texts whose bearers are linked
 */
export function withNewcomer(
  state: PersonalState,
  newcomer: Newcomer,
  known: readonly string[],
  family: readonly string[],
): PersonalState {
  const outcomes = state.components.map((component) => outcomesOf(component, newcomer));
  const states = modelStates(state, newcomer, outcomes, known, family);
  const rows = transpose(matrix(state.rows.shape[0]!, state.rows.shape[1]!, state.rows.data));
  return {
    ...state,
    components: state.components.map((component, k) =>
      withOutcomes(component, newcomer, outcomes[k]!, rows, state.neighbours),
    ),
    models: state.models.map((models, layer) => withRow(models, states[layer]!)),
  };
}

interface Outcomes {
  /** [n] on the component's scale; NaN = unknown. */
  readonly values: Float64Array;
  /** g */
  readonly prior: number;
}

/** A newcomer whose cost or latency nobody knows is taken for as dear and as slow as the others are on average. */
function outcomesOf({ name, scale, prior }: StoredComponent, newcomer: Newcomer): Outcomes {
  const given = newcomer[name];
  const values = Float64Array.from(newcomer.quality, (_, i) => {
    const value = given?.[i] ?? Number.NaN;
    return Number.isNaN(value) ? value : scaled(value, scale);
  });
  const known = values.filter((value) => !Number.isNaN(value));
  return { values, prior: known.length > 0 ? mean(known) : mean(prior.data) };
}

/**
 * A stored query that the newcomer answered takes its outcome; another borrows the mean of its ⌈√n⌉ nearest outcomes, at a
 * weight of their number over the neighbours asked, so that what is borrowed counts for no more than what is known.
 */
function withOutcomes(
  component: StoredComponent,
  newcomer: Newcomer,
  { values, prior }: Outcomes,
  rows: Matrix,
  neighbours: number,
): StoredComponent {
  const asked = normaliseRows(newcomer.features);
  const known = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]));
  const near = Math.min(Math.max(1, neighbours), Math.ceil(Math.sqrt(known.length)));
  const own = new Map<number, number>();
  for (const i of known) if (newcomer.rows[i]! >= 0) own.set(newcomer.rows[i]!, values[i]!);
  const [column, present] = [new Float32Array(rows.rows), new Float32Array(rows.rows)];
  for (let row = 0; row < rows.rows; row++) {
    const outcome = own.get(row);
    present[row] = outcome === undefined ? near / Math.max(1, neighbours, near) : 1;
    if (outcome !== undefined) column[row] = outcome;
    else if (known.length > 0) {
      const nearest = topK(
        known.map((i) => dot(rowOf(asked, i), rowOf(rows, row))),
        near,
      );
      column[row] = present[row]! * mean(Array.from(nearest, (at) => values[known[at]!]!));
    }
  }
  return {
    ...component,
    values: withColumn(component.values, column),
    present: withColumn(component.present, present),
    prior: withValue(component.prior, prior) as FloatTensor,
  };
}

/** [1×H] by layer, with h⁰ = F W_m (e = 0) and the messages of its own outcomes, tasks and family. */
function modelStates(
  state: PersonalState,
  newcomer: Newcomer,
  outcomes: readonly Outcomes[],
  known: readonly string[],
  family: readonly string[],
): Float32Array[] {
  const { weights, taskNames } = state;
  const H = state.models[0]!.shape[1]!;
  const product = (h: ArrayLike<number>, name: string) => times(h, weights[name]!.data, H);
  const relatives = known.map((_, m) => m).filter((m) => sameFamily(known[m]!, newcomer.model, family));
  const described = descriptions([{ description: newcomer.profile?.description ?? null }], newcomer.features.cols);
  const start =
    described && weights['description.weights'] ? product(described.data, 'description.weights') : new Float32Array(H);
  const taskOf = Array.from(newcomer.rows, (row) => (row >= 0 ? state.rowTasks.data[row]! : -1));
  let queries = encoded(state, newcomer.features);
  const states = [start];
  for (let layer = 1; layer <= LAYERS; layer++) {
    const name = `layer${layer}`;
    const messages = meanMessage(
      H,
      queries.rows,
      (i) => rowOf(queries, i),
      (i) => valuesAt(outcomes, i),
      state,
      name,
    );
    const tasks = state.tasks[layer - 1];
    if (tasks) {
      const met = [...new Set(taskOf)].filter((task) => task >= 0);
      const quality = met.map((task) => mean(newcomer.quality.filter((_, i) => taskOf[i] === task)));
      const told = meanMessage(
        H,
        met.length,
        (i) => rowAt(tasks, met[i]!),
        (i) => [quality[i]!],
        state,
        name,
      );
      told.forEach((value, j) => {
        messages[j]! += value;
      });
    }
    const others = state.models[layer - 1]!;
    meanMessage(
      H,
      relatives.length,
      (i) => rowAt(others, relatives[i]!),
      () => [],
      state,
      name,
    ).forEach((value, j) => {
      messages[j]! += value;
    });
    states.push(updated(state, `${name}.model`, states[layer - 1]!, messages));
    const next = matrix(queries.rows, H);
    for (let i = 0; i < queries.rows; i++) {
      next.data.set(
        updated(state, `${name}.query`, rowOf(queries, i), taskMessage(state, taskOf[i]!, taskNames.length, layer, H)),
        i * H,
      );
    }
    queries = next;
  }
  return states;
}

/** An edge's values; an unknown cost or latency is the newcomer's mean. */
function valuesAt(outcomes: readonly Outcomes[], i: number): number[] {
  return outcomes.map(({ values, prior }) => (Number.isNaN(values[i]) ? prior : values[i]!));
}

/** Mean over count edges of A h + b + Σ_k f_k (B_k + A_k h) [H]; 0 where there are none. */
function meanMessage(
  H: number,
  count: number,
  source: (i: number) => Float32Array,
  values: (i: number) => readonly number[],
  { weights }: PersonalState,
  layer: string,
): Float64Array {
  const sum = new Float64Array(H);
  if (count === 0) return sum;
  const K = weights[`${layer}.edge`]!.shape[0]!;
  const mixed = Array.from({ length: K + 1 }, () => new Float32Array(H)); // Σ h, then Σ f_k h of each component
  const told = new Float64Array(K);
  for (let i = 0; i < count; i++) {
    const h = source(i);
    const f = values(i);
    for (let j = 0; j < H; j++) mixed[0]![j]! += h[j]! / count;
    f.forEach((value, k) => {
      told[k]! += value / count;
      for (let j = 0; j < H; j++) mixed[k + 1]![j]! += (value * h[j]!) / count;
    });
  }
  const add = (values_: ArrayLike<number>, factor = 1) => {
    for (let j = 0; j < H; j++) sum[j]! += factor * values_[j]!;
  };
  add(times(mixed[0]!, weights[`${layer}.message`]!.data, H));
  add(weights[`${layer}.messageBias`]!.data);
  for (let k = 0; k < K; k++) {
    add(weights[`${layer}.edge`]!.data.subarray(k * H, (k + 1) * H), told[k]!);
    add(times(mixed[k + 1]!, weights[`${layer}.product${k}`]!.data, H));
  }
  return sum;
}

/** What a query hears of its task: A h_t + b; of an unknown one, the mean over all tasks. */
function taskMessage(state: PersonalState, task: number, T: number, layer: number, H: number): Float64Array {
  if (T === 0) return new Float64Array(H);
  const name = `layer${layer}`;
  const tasks = state.tasks[layer - 1]!;
  const heard = new Float32Array(H);
  for (let t = 0; t < T; t++) {
    const share = task < 0 ? 1 / T : t === task ? 1 : 0;
    for (let j = 0; j < H; j++) heard[j]! += share * tasks.data[t * H + j]!;
  }
  const product = times(heard, state.weights[`${name}.message`]!.data, H);
  return Float64Array.from(product, (value, j) => value + state.weights[`${name}.messageBias`]!.data[j]!);
}

/** LayerNorm(h + ReLU(S h + n)) */
function updated({ weights }: PersonalState, name: string, h: Float32Array, messages: Float64Array): Float32Array {
  const H = h.length;
  const own = times(h, weights[`${name}.self`]!.data, H);
  const bias = weights[`${name}.selfBias`]!.data;
  const z = Float64Array.from(h, (value, j) => value + Math.max(0, own[j]! + bias[j]! + messages[j]!));
  const centre = mean(z);
  const variance = mean(z.map((value) => (value - centre) ** 2));
  const { data: gain } = weights[`${name}.gain`]!;
  const { data: shift } = weights[`${name}.shift`]!;
  return Float32Array.from(
    z,
    (value, j) => ((value - centre) / Math.sqrt(variance + NORM_EPSILON)) * gain[j]! + shift[j]!,
  );
}

/** h⁰ of queries [n×H]. */
function encoded({ weights }: PersonalState, features: Matrix): Matrix {
  const unit = normaliseRows(features);
  const H = weights['encoder.bias']!.data.length;
  const out = matrix(features.rows, H);
  multiply(
    unit.data.map((value) => value * Math.sqrt(unit.cols)),
    weights['encoder.weights']!.data,
    out.data,
    unit.rows,
    unit.cols,
    H,
  );
  for (let at = 0; at < out.data.length; at++) {
    out.data[at] = Math.max(0, out.data[at]! + weights['encoder.bias']!.data[at % H]!);
  }
  return out;
}

function times(h: ArrayLike<number>, weights: Float32Array, H: number): Float32Array {
  const out = new Float32Array(H);
  multiply(Float32Array.from(h), weights, out, 1, h.length, H);
  return out;
}

function rowAt(tensor: FloatTensor, i: number): Float32Array {
  const width = tensor.shape[1]!;
  return tensor.data.subarray(i * width, (i + 1) * width);
}

function withRow({ shape, data }: FloatTensor, row: Float32Array): FloatTensor {
  const joined = new Float32Array(data.length + row.length);
  joined.set(data);
  joined.set(row, data.length);
  return { shape: [shape[0]! + 1, shape[1]!], data: joined };
}
