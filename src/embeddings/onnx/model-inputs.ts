// What a text model is fed, found by the names of its inputs.
import { VsrError } from '../../errors/vsr-error.js';
import { isModelInputType, type ModelPort, type ModelTensor } from '../../inference/onnxruntime/model-session.js';
import type { PaddedBatch } from './batches.js';

type Feed = (batch: PaddedBatch) => ModelTensor;

/** Makes batch → inputs. `where` names the model. Throws VSR_ENCODER listing the inputs that mean nothing to us. */
export function textInputs(
  ports: readonly ModelPort[],
  where: string,
): (batch: PaddedBatch) => Record<string, ModelTensor> {
  const feeds = ports.map((port) => [port, feedOf(port)] as const);
  const unknown = feeds.filter(([, feed]) => feed === undefined).map(([{ name, type }]) => `${name} (${type})`);
  if (unknown.length > 0 || !ports.some(({ name }) => name === 'input_ids')) {
    const what = unknown.length > 0 ? `its inputs ${unknown.join(', ')} cannot be filled` : 'it has no input input_ids';
    throw new VsrError(
      'VSR_ENCODER',
      `${where}: ${what}; its inputs are ${ports.map(({ name }) => name).join(', ')}.`,
      {
        hint: 'Export the model for feature extraction (optimum-cli export onnx --task feature-extraction).',
      },
    );
  }
  return (batch) => Object.fromEntries(feeds.map(([{ name }, feed]) => [name, feed!(batch)]));
}

/** undefined: unknown by name, of a type that cannot be written, or of a shape that is not declared. */
function feedOf(port: ModelPort): Feed | undefined {
  if (!isModelInputType(port.type)) return undefined;
  if (port.name.startsWith('past_key_values.')) return emptyPast(port);
  return port.type === 'int64' || port.type === 'int32' ? FEEDS[port.name] : undefined;
}

const FEEDS: Readonly<Record<string, Feed>> = {
  input_ids: ({ rows, length, ids }) => ({ shape: [rows, length], data: ids }),
  attention_mask: ({ rows, length, mask }) => ({ shape: [rows, length], data: mask }),
  token_type_ids: zeros,
  global_attention_mask: zeros,
  position_ids: ({ rows, length, mask }) => ({ shape: [rows, length], data: positions(mask, length) }),
};

function zeros({ rows, length }: PaddedBatch): ModelTensor {
  return { shape: [rows, length], data: new Int32Array(rows * length) };
}

/** The running sum of the mask − 1, at least 0. */
function positions(mask: Int32Array, length: number): Int32Array {
  let count = 0;
  return mask.map((present, i) => {
    if (i % length === 0) count = 0;
    count += present;
    return Math.max(0, count - 1);
  });
}

/** [rows, heads, 0, head size]: no text before this one. */
function emptyPast({ shape, type }: ModelPort): Feed | undefined {
  const [, heads, , size] = shape;
  if (shape.length !== 4 || !isSize(heads) || !isSize(size) || !type.startsWith('float')) return undefined;
  return ({ rows }) => ({ shape: [rows, heads, 0, size], data: new Float32Array(0) });
}

function isSize(size: number | string | undefined): size is number {
  return typeof size === 'number' && size > 0;
}
