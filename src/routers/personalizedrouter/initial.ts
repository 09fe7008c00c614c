// Where the network starts: outputs that leave the neighbours' estimates nearly as they are, tastes read as they are written.
import { type Random, seededRandom } from '../../math/random.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { Weights } from '../../training/tensorflow.js';
import { LAYERS, TASTES } from './constants.js';

export interface NetworkSizes {
  /** D */
  readonly features: number;
  /** H */
  readonly hidden: number;
  /** M */
  readonly models: number;
  /** T */
  readonly tasks: number;
  /** K */
  readonly components: number;
  /** true: models have descriptions. */
  readonly described: boolean;
}

/** Of start states that are looked up: tasks and models. */
const LOOKED_UP = 0.5;
const SMALL_OUTPUT = 0.01;

/** All by name; matrices are [in×out], biases rows. */
export function initialParameters(sizes: NetworkSizes, seed: number): NamedWeights {
  const { features: D, hidden: H, models: M, tasks: T, components: K, described } = sizes;
  const random = seededRandom(seed).fork('weights');
  const square = (name: string, spread = 1 / Math.sqrt(H)) => normal(random.fork(name), [H, H], spread);
  const parameters: Record<string, Weights> = {
    'encoder.weights': normal(random.fork('encoder'), [D, H], Math.sqrt(2 / D)),
    'encoder.bias': filled([1, H], 0),
    model: normal(random.fork('model'), [M, H], LOOKED_UP),
  };
  if (described) parameters['description.weights'] = normal(random.fork('description'), [D, H], 1 / Math.sqrt(D));
  if (T > 0) parameters.task = normal(random.fork('task'), [T, H], LOOKED_UP);
  for (let layer = 1; layer <= LAYERS; layer++) {
    const name = `layer${layer}`;
    parameters[`${name}.message`] = square(`${name}.message`);
    parameters[`${name}.messageBias`] = filled([1, H], 0);
    parameters[`${name}.edge`] = normal(random.fork(`${name}.edge`), [K, H], LOOKED_UP);
    for (let k = 0; k < K; k++) parameters[`${name}.product${k}`] = square(`${name}.product${k}`);
    for (const type of typesOf(layer, T)) {
      parameters[`${name}.${type}.self`] = square(`${name}.${type}`);
      parameters[`${name}.${type}.selfBias`] = filled([1, H], 0);
      parameters[`${name}.${type}.gain`] = filled([1, H], 1);
      parameters[`${name}.${type}.shift`] = filled([1, H], 0);
    }
  }
  const inHead = 1 / Math.sqrt(3 * H);
  parameters['head.query'] = square('head.query', inHead);
  parameters['head.model'] = square('head.model', inHead);
  parameters['head.product'] = square('head.product', inHead);
  parameters['head.estimates'] = normal(random.fork('head.estimates'), [K, H], LOOKED_UP);
  parameters['head.bias'] = filled([1, H], 0);
  parameters['head.out'] = outputs(random.fork('head.out'), H, K);
  parameters['head.outBias'] = filled([1, K + TASTES], 0);
  parameters['taste.matrix'] = identity(TASTES);
  parameters['taste.strength'] = filled([1, 1], 1);
  return parameters;
}

/** Task states after the last layer would tell nobody anything. */
function typesOf(layer: number, tasks: number): readonly string[] {
  return tasks > 0 && layer < LAYERS ? ['query', 'model', 'task'] : ['query', 'model'];
}

function outputs(random: Random, H: number, K: number): Weights {
  const width = K + TASTES;
  const data = Float32Array.from(
    { length: H * width },
    (_, at) => (at % width < K ? SMALL_OUTPUT : 1 / Math.sqrt(H)) * random.normal(),
  );
  return { shape: [H, width], data };
}

function normal(random: Random, shape: readonly [number, number], spread: number): Weights {
  return { shape, data: Float32Array.from({ length: shape[0] * shape[1] }, () => spread * random.normal()) };
}

function filled(shape: readonly [number, number], value: number): Weights {
  return { shape, data: new Float32Array(shape[0] * shape[1]).fill(value) };
}

function identity(size: number): Weights {
  const { shape, data } = filled([size, size], 0);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return { shape, data };
}
