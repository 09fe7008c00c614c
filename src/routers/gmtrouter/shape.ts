// The network's parameters by name: their shapes, and where each starts.
import { type Random, seededRandom } from '../../math/random.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { GmtrouterParams } from './params.js';

export interface NetworkShape extends Pick<GmtrouterParams, 'hidden' | 'heads' | 'layers' | 'conv' | 'multiTurn'> {
  /** D */
  readonly featureDim: number;
  /** M */
  readonly models: number;
  /** Whether any model has a description. */
  readonly described: boolean;
}

/** Sources a session hears, in the order of its slots. */
export function sessionSources({ multiTurn }: Pick<NetworkShape, 'multiTurn'>): readonly SessionSource[] {
  return multiTurn ? ['query', 'llm', 'response', 'previous'] : ['query', 'llm', 'response'];
}

export type SessionSource = 'query' | 'llm' | 'response' | 'previous';

/** How a parameter starts: uniform ±limit, normal with a spread, or one value. */
type Start = { readonly limit: number } | { readonly spread: number } | { readonly value: number };

/** Of the start states of models that nothing describes. */
const OWN_SPREAD = 0.5;

interface Parameter {
  readonly shape: readonly number[];
  readonly start: Start;
}

/**
 * Every parameter that reaches a score: weights [in × out] for row vectors, biases [1 × out]. A state that starts as zeros needs
 * no weights of its own in the layer that first fills it.
 */
export function networkParameters(shape: NetworkShape): Record<string, Parameter> {
  const { featureDim: D, hidden: H, models: M, layers, described } = shape;
  const named: Record<string, Parameter> = {
    'query.w': weights(D, H),
    'query.b': filled(1, H, 0),
    'llm.e': { shape: [M, H], start: described ? { value: 0 } : { spread: OWN_SPREAD } },
    ...(described && { 'llm.w': weights(D, H) }),
    'response.rating': weights(3, H),
    'response.model': weights(H, H),
  };
  const convolution = shape.conv === 'hgt' ? attentionParameters : meanParameters;
  for (let layer = 1; layer <= layers; layer++) Object.assign(named, convolution(shape, layer));
  for (const token of ['user', 'query', 'llm']) Object.assign(named, linear(`head.${token}`, H, H));
  for (const part of ['q', 'k', 'v', 'o']) Object.assign(named, linear(`head.attention.${part}`, H, H));
  return { ...named, 'head.w': filled(2 * H, 1, 0), 'head.rho': filled(1, 1, 0) };
}

/**
 * Initial values; the head's last weights are 0, so that the scores start as the ranking for everybody. Of the models' own states
 * those start as 0 whose description speaks for them; two without one must not start alike.
 * @param undescribed columns of models without a description, where others have one
 */
export function initialParameters(
  shape: NetworkShape,
  seed: number,
  undescribed: readonly number[] = [],
): NamedWeights {
  const random = seededRandom(seed).fork('weights');
  const parameters = startValues(shape, random);
  const H = shape.hidden;
  for (const model of undescribed) {
    const draws = random.fork(`llm.e of model ${model}`);
    for (let h = 0; h < H; h++) parameters['llm.e']!.data[model * H + h] = drawn({ spread: OWN_SPREAD }, draws);
  }
  return parameters;
}

function startValues(shape: NetworkShape, random: Random): NamedWeights {
  return Object.fromEntries(
    Object.entries(networkParameters(shape)).map(([name, { shape: sizes, start }]) => {
      const draws = random.fork(name); // another parameter never shifts these draws
      const length = sizes.reduce((product, size) => product * size, 1);
      return [name, { shape: sizes, data: Float32Array.from({ length }, () => drawn(start, draws)) }];
    }),
  );
}

function drawn(start: Start, random: Random): number {
  if ('value' in start) return start.value;
  return 'limit' in start ? start.limit * (2 * random.uniform() - 1) : start.spread * random.normal();
}

/** Layer `layer` of typed attention; see attention-layer.ts. */
function attentionParameters(shape: NetworkShape, layer: number): Record<string, Parameter> {
  const { hidden: H, heads, layers } = shape;
  const d = H / heads;
  const named: Record<string, Parameter> = {};
  const add = (name: string, parameter: Parameter) => {
    named[`layer${layer}.${name}`] = parameter;
  };
  const relation = (name: string) => {
    for (const part of ['a', 'v']) add(`${name}.${part}`, { shape: [heads, d, d], start: { limit: Math.sqrt(3 / d) } });
    add(`${name}.p`, filled(1, heads, 1));
  };
  const source = (name: string) => {
    for (const part of ['k', 'u']) Object.assign(named, linear(`layer${layer}.${name}.${part}`, H, H));
  };
  const target = (name: string, isFirst: boolean) => {
    if (!isFirst) add(`${name}.q.w`, weights(H, H));
    add(`${name}.q.b`, uniformBias(H, H));
    Object.assign(named, linear(`layer${layer}.${name}.o`, H, H));
    add(`${name}.skip`, filled(1, 1, 1));
    add(`${name}.gamma`, filled(1, H, 1));
    add(`${name}.beta`, filled(1, H, 0));
  };
  if (layer < layers) {
    const sources = sessionSources(shape);
    for (const name of sources) if (name !== 'previous') source(name);
    for (const name of sources) relation(name);
    target('session', layer === 1);
  }
  if (layer > 1 || shape.multiTurn) source('session');
  if (layer > 1) {
    relation('owner');
    target('user', layer === 2);
  }
  return named;
}

/** Layer `layer` of typed means; see mean-layer.ts. */
function meanParameters(shape: NetworkShape, layer: number): Record<string, Parameter> {
  const { hidden: H, layers } = shape;
  const named: Record<string, Parameter> = {};
  const target = (name: string, isFirst: boolean, sources: readonly string[]) => {
    if (!isFirst) named[`layer${layer}.${name}.self`] = weights(H, H);
    named[`layer${layer}.${name}.b`] = uniformBias(H, H);
    for (const from of sources) named[`layer${layer}.${from}.w`] = weights(H, H);
    named[`layer${layer}.${name}.gamma`] = filled(1, H, 1);
    named[`layer${layer}.${name}.beta`] = filled(1, H, 0);
  };
  if (layer < layers) target('session', layer === 1, sessionSources(shape));
  if (layer > 1) target('user', layer === 2, ['owner']);
  return named;
}

function linear(name: string, inputs: number, outputs: number): Record<string, Parameter> {
  return { [`${name}.w`]: weights(inputs, outputs), [`${name}.b`]: filled(1, outputs, 0) };
}

/** Glorot and Bengio (2010). */
function weights(inputs: number, outputs: number): Parameter {
  return { shape: [inputs, outputs], start: { limit: Math.sqrt(6 / (inputs + outputs)) } };
}

/** Not 0: what a zero state asks with would be nothing, and every head would hear the mean. */
function uniformBias(inputs: number, outputs: number): Parameter {
  return { shape: [1, outputs], start: { limit: 1 / Math.sqrt(inputs) } };
}

function filled(rows: number, cols: number, value: number): Parameter {
  return { shape: [rows, cols], start: { value } };
}
