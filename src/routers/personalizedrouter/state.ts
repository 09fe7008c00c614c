// What a fitted personalizedrouter keeps, as tensors and back.

import { VsrError } from '../../errors/vsr-error.js';
import type { Tensor } from '../../inference/tensor.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateCount, stateTensor } from '../state-tensor.js';
import type { ComponentName } from './components.js';
import { LAYERS, TASTES } from './constants.js';
import type { PersonalizedRouterParams } from './params.js';

export type FloatTensor = Tensor & { readonly data: Float32Array };

export interface StoredComponent {
  readonly name: ComponentName;
  /** What 1 stands for, in the data's own unit. */
  readonly scale: number;
  /** [N×M] K∘v */
  readonly values: FloatTensor;
  /** [N×M] K */
  readonly present: FloatTensor;
  /** [M] g */
  readonly prior: FloatTensor;
}

export interface PersonalState {
  /** Asked for the estimates, 0 … N. */
  readonly neighbours: number;
  /** κ_δ */
  readonly likingShrinkage: number;
  /** [K] w̄ */
  readonly priorWeights: readonly number[];
  readonly taskNames: readonly string[];
  readonly components: readonly StoredComponent[];
  /** [D×N] X̂ᵀ */
  readonly rows: FloatTensor;
  /** [N] task, −1 = none. */
  readonly rowTasks: Tensor;
  /** [M×H] by layer. */
  readonly models: readonly FloatTensor[];
  /** [T×H] by layer, without the last; empty without tasks. */
  readonly tasks: readonly FloatTensor[];
  /** The trained parameters, but for the start states that `models` and `tasks` hold. */
  readonly weights: NamedWeights;
}

const NAMES: readonly ComponentName[] = ['quality', 'cost', 'latency'];

export function toState(state: PersonalState): RouterState {
  const { neighbours, likingShrinkage, priorWeights, taskNames, components } = state;
  const tensors: Record<string, Tensor> = { rows: state.rows, rowTasks: state.rowTasks };
  for (const { name, values, present, prior } of components) {
    Object.assign(tensors, { [`${name}.values`]: values, [`${name}.present`]: present, [`${name}.prior`]: prior });
  }
  state.models.forEach((tensor, layer) => {
    tensors[`models.${layer}`] = tensor;
  });
  state.tasks.forEach((tensor, layer) => {
    tensors[`tasks.${layer}`] = tensor;
  });
  for (const [name, { shape, data }] of Object.entries(state.weights)) tensors[`weights.${name}`] = { shape, data };
  return {
    json: {
      neighbours,
      likingShrinkage,
      priorWeights,
      taskNames,
      components: components.map(({ name }) => name),
      scales: components.map(({ scale }) => scale),
    },
    tensors,
  };
}

/** Throws `VSR_ARTIFACT` where the parts do not fit together. */
export function fromState({ state, models, featureDim: D, params }: Fitted<PersonalizedRouterParams>): PersonalState {
  const M = models.length;
  const H = params.embeddingDim;
  const rows = stateTensor(state, 'rows', [D, null]);
  const N = rows.shape[1]!;
  const names = list<ComponentName>(state, 'components', (name) => NAMES.includes(name as ComponentName));
  const scales = list<number>(state, 'scales', (scale) => typeof scale === 'number' && scale > 0, names.length);
  const taskNames = list<string>(state, 'taskNames', (name) => typeof name === 'string');
  const T = taskNames.length;
  const layers = (name: string, count: number, size: number) =>
    Array.from({ length: count }, (_, layer) => stateTensor(state, `${name}.${layer}`, [size, H]));
  return {
    neighbours: stateCount(state, 'neighbours', 0, N),
    likingShrinkage: list<number>({ ...state, json: { κ: [state.json.likingShrinkage!] } }, 'κ', positive, 1)[0]!,
    priorWeights: list<number>(state, 'priorWeights', (weight) => typeof weight === 'number', names.length),
    taskNames,
    components: names.map((name, k) => ({
      name,
      scale: scales[k]!,
      values: stateTensor(state, `${name}.values`, [N, M]),
      present: stateTensor(state, `${name}.present`, [N, M]),
      prior: stateTensor(state, `${name}.prior`, [M]),
    })),
    rows,
    rowTasks: stateTensor<Int32Array>(state, 'rowTasks', [N], 'int32'),
    models: layers('models', LAYERS + 1, M),
    tasks: T > 0 ? layers('tasks', LAYERS, T) : [],
    weights: networkWeights(state, D, H, names.length, T > 0),
  };
}

function networkWeights(state: RouterState, D: number, H: number, K: number, hasTasks: boolean): NamedWeights {
  const shapes: Record<string, readonly number[]> = {
    'encoder.weights': [D, H],
    'encoder.bias': [1, H],
    'head.query': [H, H],
    'head.model': [H, H],
    'head.product': [H, H],
    'head.estimates': [K, H],
    'head.bias': [1, H],
    'head.out': [H, K + TASTES],
    'head.outBias': [1, K + TASTES],
    'taste.matrix': [TASTES, TASTES],
    'taste.strength': [1, 1],
    ...('weights.description.weights' in state.tensors && { 'description.weights': [D, H] }),
  };
  for (let layer = 1; layer <= LAYERS; layer++) {
    const name = `layer${layer}`;
    shapes[`${name}.message`] = [H, H];
    shapes[`${name}.messageBias`] = [1, H];
    shapes[`${name}.edge`] = [K, H];
    for (let k = 0; k < K; k++) shapes[`${name}.product${k}`] = [H, H];
    for (const type of hasTasks && layer < LAYERS ? ['query', 'model', 'task'] : ['query', 'model']) {
      shapes[`${name}.${type}.self`] = [H, H];
      for (const row of ['selfBias', 'gain', 'shift']) shapes[`${name}.${type}.${row}`] = [1, H];
    }
  }
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, stateTensor(state, `weights.${name}`, shape)]),
  );
}

const positive = (value: unknown) => typeof value === 'number' && value > 0;

function list<T>(state: RouterState, key: string, allowed: (value: unknown) => boolean, length?: number): readonly T[] {
  const values = state.json[key];
  if (Array.isArray(values) && (length === undefined || values.length === length) && values.every(allowed)) {
    return values as T[];
  }
  throw new VsrError('VSR_ARTIFACT', `router state: "${key}" does not fit, got ${JSON.stringify(values)}.`, {
    hint: 'Run vsr train again.',
  });
}
