// semantic-router's mlp_model.json (v1): {"algorithm":"mlp","trained":true,"model_names":["a"],…,"layers":[{"type":"linear","in_features":22,…},{"type":"relu"},…]}
import { checkQuery, type FieldReader, fieldsOf, refused } from './fields.js';
import { firstLargest } from './kmeans.js';
import { float, floats, int, ints, type PythonJson } from './python-json.js';

export type ForeignLayer =
  | { readonly type: 'linear'; readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] }
  | { readonly type: 'relu' }
  | {
      readonly type: 'batch_norm';
      readonly weight: readonly number[];
      readonly bias: readonly number[];
      readonly mean: readonly number[];
      readonly variance: readonly number[];
      readonly eps: number;
    }
  | { readonly type: 'dropout'; readonly p: number };

export interface ForeignMlp {
  readonly algorithm: 'mlp';
  readonly formatVersion: 1;
  readonly modelNames: readonly string[];
  readonly featureDim: number;
  readonly hiddenSizes: readonly number[];
  readonly dropout: number;
  readonly layers: readonly ForeignLayer[];
  readonly training: { readonly learningRate?: number; readonly epochs?: number; readonly batchSize?: number };
}

export function readMlp(fields: FieldReader): ForeignMlp {
  if (fields.has('weights') && !fields.has('layers')) return fromReadme(fields);
  fields.expect('trained', true);
  const modelNames = fields.names('model_names');
  const featureDim = fields.count('feature_dim', 1);
  const layers = fields.records('layers').map(readLayer);
  const outputs = checkWidths(fields.where, layers, featureDim);
  if (layers.at(-1)?.type !== 'linear' || outputs !== modelNames.length) {
    throw refused(fields.where, `the last layer must be linear with ${modelNames.length} outputs, got ${outputs}`);
  }
  if (fields.count('n_classes', 1) !== modelNames.length) fields.fail('n_classes', String(modelNames.length));
  return {
    algorithm: 'mlp',
    formatVersion: 1,
    modelNames,
    featureDim,
    hiddenSizes: fields.counts('hidden_sizes'),
    dropout: fields.number('dropout'),
    layers,
    training: {
      ...(fields.has('learning_rate') && { learningRate: fields.number('learning_rate') }),
      ...(fields.has('epochs') && { epochs: fields.count('epochs') }),
      ...(fields.has('batch_size') && { batchSize: fields.count('batch_size') }),
    },
  };
}

function readLayer(fields: FieldReader): ForeignLayer {
  const type = fields.text('type');
  if (type === 'relu') return { type };
  if (type === 'dropout') return { type, p: fields.number('p') };
  if (type === 'linear') {
    const outputs = fields.count('out_features', 1);
    const weight = fields.matrix('weight', outputs, fields.count('in_features', 1));
    return { type, weight, bias: fields.vector('bias', outputs) };
  }
  if (type === 'batch_norm') {
    const width = fields.count('num_features', 1);
    const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((key) =>
      fields.vector(key, width),
    );
    return { type, weight: weight!, bias: bias!, mean: mean!, variance: variance!, eps: fields.number('eps') };
  }
  return fields.fail('type', 'linear, relu, batch_norm or dropout');
}

/** The width that leaves the last layer. */
function checkWidths(where: string, layers: readonly ForeignLayer[], featureDim: number): number {
  let width = featureDim;
  layers.forEach((layer, i) => {
    const takes =
      layer.type === 'linear' ? layer.weight[0]!.length : layer.type === 'batch_norm' ? layer.mean.length : width;
    if (takes !== width) throw refused(where, `layers[${i}] takes ${takes} numbers, but ${width} come`);
    if (layer.type === 'linear') width = layer.weight.length;
  });
  return width;
}

/** The README's form: weights[layer][in][out], ReLU between the layers. */
function fromReadme(fields: FieldReader): ForeignMlp {
  const modelNames = fields.texts('model_names');
  const featureDim = fields.count('input_dim', 1);
  const biases = fields.list('biases');
  const weights = fields.list('weights');
  if (weights.length === 0 || biases.length !== weights.length)
    fields.fail('biases', `one for each of ${weights.length} layers`);
  const layers = weights.flatMap((weight, l): ForeignLayer[] => {
    const own = fieldsOf({ weight, bias: biases[l] }, `${fields.where}: layer ${l}`);
    const bias = own.vector('bias');
    const columns = own.matrix('weight', undefined, bias.length);
    const linear = { type: 'linear' as const, weight: bias.map((_, o) => columns.map((row) => row[o]!)), bias };
    return l < weights.length - 1 ? [linear, { type: 'relu' }] : [linear];
  });
  const outputs = checkWidths(fields.where, layers, featureDim);
  if (outputs !== modelNames.length) throw refused(fields.where, `${outputs} outputs for ${modelNames.length} models`);
  const hiddenSizes = fields.counts('hidden_layers');
  return { algorithm: 'mlp', formatVersion: 1, modelNames, featureDim, hiddenSizes, dropout: 0, layers, training: {} };
}

export function mlpJson({ modelNames, featureDim, hiddenSizes, dropout, layers, training }: ForeignMlp): PythonJson {
  return {
    algorithm: 'mlp',
    trained: true,
    model_names: modelNames,
    feature_dim: int(featureDim),
    n_classes: int(modelNames.length),
    hidden_sizes: ints(hiddenSizes),
    dropout: float(dropout),
    layers: layers.map(layerJson),
    ...(training.learningRate !== undefined && { learning_rate: float(training.learningRate) }),
    ...(training.epochs !== undefined && { epochs: int(training.epochs) }),
    ...(training.batchSize !== undefined && { batch_size: int(training.batchSize) }),
  };
}

function layerJson(layer: ForeignLayer): PythonJson {
  if (layer.type === 'relu') return { type: 'relu' };
  if (layer.type === 'dropout') return { type: 'dropout', p: float(layer.p) };
  if (layer.type === 'linear') {
    return {
      type: 'linear',
      in_features: int(layer.weight[0]!.length),
      out_features: int(layer.weight.length),
      weight: layer.weight.map(floats),
      bias: floats(layer.bias),
    };
  }
  return {
    type: 'batch_norm',
    num_features: int(layer.mean.length),
    weight: floats(layer.weight),
    bias: floats(layer.bias),
    running_mean: floats(layer.mean),
    running_var: floats(layer.variance),
    eps: float(layer.eps),
  };
}

/** The largest logit; scores are the softmax of the logits. */
export function predictMlp(
  model: ForeignMlp,
  query: ArrayLike<number>,
): { model: string; scores: Record<string, number> } {
  checkQuery(query, model.featureDim);
  let x = Array.from(query);
  for (const layer of model.layers) x = run(layer, x);
  const most = Math.max(...x);
  const powers = x.map((z) => Math.exp(z - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return {
    model: model.modelNames[firstLargest(x)]!,
    scores: Object.fromEntries(model.modelNames.map((name, m) => [name, powers[m]! / sum])),
  };
}

function run(layer: ForeignLayer, x: readonly number[]): number[] {
  if (layer.type === 'linear')
    return layer.weight.map((row, o) => row.reduce((sum, w, i) => sum + w * x[i]!, 0) + layer.bias[o]!);
  if (layer.type === 'relu') return x.map((value) => Math.max(0, value));
  if (layer.type === 'dropout') return [...x];
  const { weight, bias, mean, variance, eps } = layer;
  return x.map((value, i) => ((value - mean[i]!) / Math.sqrt(variance[i]! + eps)) * weight[i]! + bias[i]!);
}
