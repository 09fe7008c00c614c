// Writes a scoring graph as an ONNX model (opset 17): the same ops, constants as initializers.
import { checkGraph } from '../check-graph.js';
import type { GraphInput, GraphNode, ScoringGraph } from '../scoring-graph.js';
import type { Tensor } from '../tensor.js';
import { INPUT_ATTRIBUTES } from './axes-input.js';
import {
  ATTRIBUTE_INT,
  ATTRIBUTE_INTS,
  type AttributeProto,
  type Dimension,
  FLOAT,
  INT64,
  type ModelProto,
  modelProto,
  type NodeProto,
  type TensorProto,
} from './onnx-schema.js';

/** What a reader of the file should know beside the graph; written as metadata_props. */
export interface OnnxMetadata {
  /**
   * Column order of `scores`; `models`, a JSON list. Gives the output its shape, without which the file runs but the
   * ONNX checker refuses it.
   */
  readonly models?: readonly string[];
  /** `encoder_fingerprint`: of the encoder that `features` must come from. */
  readonly encoderFingerprint?: string;
  /** Version of vsr. */
  readonly producerVersion?: string;
}

/** Bytes of a .onnx file. Whole numbers become int64, ONNX's index type. Throws `VSR_GRAPH` for a malformed graph. */
export async function graphToOnnx(graph: ScoringGraph, metadata: OnnxMetadata = {}): Promise<Uint8Array> {
  checkGraph(graph);
  const type = await modelProto();
  const initializer = Object.entries(graph.constants).map(([name, tensor]) => tensorProto(name, tensor));
  const node = graph.nodes.map((n) => nodeProto(n, initializer));
  const model: ModelProto = {
    irVersion: 8,
    producerName: 'vsr',
    ...(metadata.producerVersion && { producerVersion: metadata.producerVersion }),
    opsetImport: [{ version: 17 }],
    metadataProps: metadataProps(metadata),
    graph: {
      name: 'scores',
      node,
      initializer,
      input: graph.inputs.map((input) => ({
        name: input.name,
        type: { tensorType: { elemType: FLOAT, shape: { dim: input.shape.map(dimension) } } },
      })),
      output: [{ name: graph.output, type: { tensorType: outputType(graph, metadata.models) } }],
    },
  };
  return type.encode(type.fromObject(model)).finish();
}

function tensorProto(name: string, { shape, data }: Tensor): TensorProto {
  const values = data instanceof Float32Array ? data : BigInt64Array.from(data, BigInt);
  return {
    name,
    dims: [...shape],
    dataType: data instanceof Float32Array ? FLOAT : INT64,
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/** A node; an attribute that opset 17 takes as an input becomes one more initializer. */
function nodeProto(node: GraphNode, initializer: TensorProto[]): NodeProto {
  const asInput = INPUT_ATTRIBUTES[node.op];
  const input = [...node.inputs];
  const attribute: AttributeProto[] = [];
  for (const [name, value] of Object.entries(node.attributes)) {
    const ints = typeof value === 'number' ? [value] : [...value];
    if (name === asInput) {
      if (ints.length === 0) continue; // no axes: all of them, as for an absent input
      input.push(`${node.outputs[0]}:${name}`);
      initializer.push(tensorProto(input.at(-1)!, { shape: [ints.length], data: Int32Array.from(ints) }));
    } else {
      attribute.push(
        typeof value === 'number' ? { name, i: value, type: ATTRIBUTE_INT } : { name, ints, type: ATTRIBUTE_INTS },
      );
    }
  }
  return { input, output: [...node.outputs], name: node.outputs[0]!, opType: node.op, attribute };
}

function dimension(size: GraphInput['shape'][number]): Dimension {
  return size === 'batch' ? { dimParam: size } : { dimValue: size };
}

function outputType(graph: ScoringGraph, models: readonly string[] | undefined) {
  const elemType = holdsWholeNumbers(graph).has(graph.output) ? INT64 : FLOAT;
  return { elemType, ...(models && { shape: { dim: [dimension('batch'), dimension(models.length)] } }) };
}

/** Names of the values that are whole numbers: results take the type of their first input, except indices. */
function holdsWholeNumbers(graph: ScoringGraph): Set<string> {
  const whole = new Set(
    Object.entries(graph.constants).flatMap(([name, { data }]) => (data instanceof Int32Array ? [name] : [])),
  );
  for (const { op, inputs, outputs } of graph.nodes) {
    const indices = op === 'ArgMin' || op === 'ArgMax';
    if (indices || whole.has(inputs[0]!)) whole.add(outputs[0]!);
    if (op === 'TopK') whole.add(outputs[1]!);
  }
  return whole;
}

function metadataProps({ models, encoderFingerprint }: OnnxMetadata): { key: string; value: string }[] {
  return [
    ...(models ? [{ key: 'models', value: JSON.stringify(models) }] : []),
    ...(encoderFingerprint ? [{ key: 'encoder_fingerprint', value: encoderFingerprint }] : []),
  ];
}
