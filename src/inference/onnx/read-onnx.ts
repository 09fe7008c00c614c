// Reads a .onnx file that vsr wrote back into a scoring graph.
import { VsrError } from '../../errors/vsr-error.js';
import { checkGraph } from '../check-graph.js';
import type { GraphInput, GraphNode, OpName, ScoringGraph } from '../scoring-graph.js';
import type { Tensor } from '../tensor.js';
import { INPUT_ATTRIBUTES } from './axes-input.js';
import {
  ATTRIBUTE_INTS,
  FLOAT,
  INT64,
  type ModelProto,
  modelProto,
  type NodeProto,
  type TensorProto,
} from './onnx-schema.js';
import type { OnnxMetadata } from './write-onnx.js';

/**
 * The graph and metadata behind `graphToOnnx`'s bytes; `where` names the file in errors. Whether each op is one we
 * know is for an evaluator to say. Throws `VSR_ARTIFACT` for bytes that are no model of ours, `VSR_GRAPH` for a graph
 * that does not hold together.
 */
export async function onnxToGraph(
  bytes: Uint8Array,
  where: string,
): Promise<{ graph: ScoringGraph; metadata: OnnxMetadata }> {
  const model = await decode(bytes, where);
  const all: Record<string, Tensor> = {};
  for (const proto of model.graph.initializer) all[proto.name] = tensorOf(proto, where);
  const consumed = new Set<string>();
  const nodes = model.graph.node.map((node) => nodeOf(node, all, consumed));
  const graph: ScoringGraph = {
    inputs: model.graph.input.map(({ name, type }) => ({
      name,
      shape: (type?.tensorType?.shape?.dim ?? []).map(({ dimValue, dimParam }): GraphInput['shape'][number] =>
        dimParam ? 'batch' : (dimValue ?? 0),
      ),
    })),
    constants: Object.fromEntries(Object.entries(all).filter(([name]) => !consumed.has(name))),
    nodes,
    output: model.graph.output[0]?.name ?? '',
  };
  checkGraph(graph);
  return { graph, metadata: metadataOf(model, where) };
}

async function decode(bytes: Uint8Array, where: string): Promise<ModelProto> {
  const type = await modelProto();
  let model: ModelProto;
  try {
    model = type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as ModelProto;
  } catch (cause) {
    throw refused(where, `is no ONNX model (${(cause as Error).message})`, cause);
  }
  if (model.producerName !== 'vsr' || !model.graph || model.opsetImport[0]?.version !== 17) {
    throw refused(where, `is no ONNX model of vsr: its producer is "${model.producerName}"`);
  }
  return model;
}

function tensorOf({ name, dims, dataType, rawData = new Uint8Array() }: TensorProto, where: string): Tensor {
  if ((dataType !== FLOAT && dataType !== INT64) || rawData.length % (dataType === FLOAT ? 4 : 8) !== 0) {
    throw refused(where, `holds "${name}" as ONNX type ${dataType} in ${rawData.length} bytes`);
  }
  const { buffer } = new Uint8Array(rawData); // a copy: aligned
  if (dataType === FLOAT) return { shape: dims, data: new Float32Array(buffer) };
  return { shape: dims, data: Int32Array.from(new BigInt64Array(buffer), Number) };
}

/** A node, with the input that was an attribute an attribute again. */
function nodeOf(proto: NodeProto, constants: Readonly<Record<string, Tensor>>, consumed: Set<string>): GraphNode {
  const op = proto.opType as OpName;
  const inputs = [...proto.input];
  const attributes: Record<string, number | readonly number[]> = {};
  for (const { name, i, ints, type } of proto.attribute ?? []) {
    attributes[name] = type === ATTRIBUTE_INTS ? (ints ?? []) : (i ?? 0);
  }
  const asInput = INPUT_ATTRIBUTES[op];
  const written = inputs.at(-1);
  if (asInput && written && written === `${proto.output[0]}:${asInput}` && constants[written]) {
    inputs.pop();
    consumed.add(written);
    const values = Array.from(constants[written].data);
    attributes[asInput] = asInput === 'k' ? values[0]! : values;
  }
  return { op, inputs, outputs: proto.output, attributes };
}

function metadataOf(model: ModelProto, where: string): OnnxMetadata {
  const props = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
  const models = props.get('models');
  const encoderFingerprint = props.get('encoder_fingerprint');
  return {
    ...(models !== undefined && { models: modelNames(models, where) }),
    ...(encoderFingerprint !== undefined && { encoderFingerprint }),
    ...(model.producerVersion && { producerVersion: model.producerVersion }),
  };
}

function modelNames(text: string, where: string): string[] {
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // told below, with the same sentence as a list of something else
  }
  throw refused(where, 'has metadata "models" that is no JSON list of names');
}

function refused(where: string, what: string, cause?: unknown): VsrError {
  return new VsrError('VSR_ARTIFACT', `${where} ${what}.`, { hint: 'Write it again from the artifact.', cause });
}
