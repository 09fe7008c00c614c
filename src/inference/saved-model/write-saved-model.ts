// Writes a scoring graph as saved_model.pb: one GraphDef with frozen constants, which TensorFlow loads without a checkpoint.
import { VsrError } from '../../errors/vsr-error.js';
import { checkGraph } from '../check-graph.js';
import type { OnnxMetadata } from '../onnx/write-onnx.js';
import type { GraphNode, ScoringGraph } from '../scoring-graph.js';
import { type GraphDefBuilder, graphDefBuilder, shapeProto, type TfValue, unsupported } from './graph-def.js';
import { type SavedModelProto, type SignatureDef, savedModelProto, type TensorInfo } from './saved-model-schema.js';
import { identity, TENSORFLOW_OPS } from './tensorflow-ops.js';

/** The same as an ONNX file's metadata. */
export type SavedModelMetadata = OnnxMetadata;

export const SIGNATURE = 'serving_default';
export const TAG = 'serve';
/** Stands in meta_graph_version before the version of vsr: how a reader knows that a file is ours. */
export const PRODUCER = 'vsr';
/** TensorFlow's graph version 1087 (2.10): every op used here is older. */
const GRAPH_VERSION = 1087;
/** protobuf's own limit. */
const LARGEST_FILE = 2 ** 31 - 1;

/**
 * Bytes of a saved_model.pb: tag `serve`, signature `serving_default` (each input by name → `scores`), model names and
 * encoder fingerprint as collections. An empty folder `variables` belongs beside it. Throws `VSR_GRAPH`.
 */
export async function graphToSavedModel(graph: ScoringGraph, metadata: SavedModelMetadata = {}): Promise<Uint8Array> {
  checkGraph(graph);
  const size = Object.values(graph.constants).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (size > LARGEST_FILE) {
    throw new VsrError(
      'VSR_GRAPH',
      `scoring graph: its constants take ${size} bytes; a SavedModel holds 2 GB at most.`,
      {
        hint: 'Train on fewer rows.',
      },
    );
  }
  const builder = graphDefBuilder();
  const signature = writeGraph(builder, graph, metadata.models?.length);
  const type = await savedModelProto();
  const model: SavedModelProto = {
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: {
          metaGraphVersion: [PRODUCER, metadata.producerVersion ?? ''].join(' ').trim(),
          tags: [TAG],
          strippedDefaultAttrs: true,
        },
        graphDef: { node: builder.nodes, versions: { producer: GRAPH_VERSION } },
        collectionDef: {
          ...(metadata.models && { models: bytesList(metadata.models) }),
          ...(metadata.encoderFingerprint && { encoder_fingerprint: bytesList([metadata.encoderFingerprint]) }),
        },
        signatureDef: { [SIGNATURE]: signature },
      },
    ],
  };
  return type.encode(type.fromObject(model)).finish();
}

function writeGraph(builder: GraphDefBuilder, graph: ScoringGraph, models: number | undefined): SignatureDef {
  const values = new Map<string, TfValue>();
  const inputs: Record<string, TensorInfo> = {};
  for (const { name, shape } of graph.inputs) {
    const value = builder.placeholder(name, shape);
    values.set(name, value);
    inputs[name] = { name: `${value.ref}:0`, dtype: value.dtype, tensorShape: shapeProto(shape) };
  }
  for (const [name, tensor] of Object.entries(graph.constants)) values.set(name, builder.constant(name, tensor));
  for (const node of graph.nodes) {
    const write = TENSORFLOW_OPS[node.op];
    if (!write) throw unsupported(`op "${node.op}"`);
    const outputs = write(
      builder,
      internallyNamed(node, graph.output),
      node.inputs.map((name) => values.get(name)!),
    );
    node.outputs.forEach((name, i) => {
      values.set(name, outputs[i]!);
    });
  }
  const scores = identity(builder, graph.output, values.get(graph.output)!);
  const outputShape = models === undefined ? Array(scores.rank).fill(-1) : [-1, models];
  return {
    inputs,
    outputs: { [graph.output]: { name: `${scores.ref}:0`, dtype: scores.dtype, tensorShape: shapeProto(outputShape) } },
    methodName: 'tensorflow/serving/predict',
  };
}

/** The name of the output is kept for the node that ends the graph. */
function internallyNamed(node: GraphNode, output: string): GraphNode {
  return { ...node, outputs: node.outputs.map((name) => (name === output ? `${name}/of` : name)) };
}

function bytesList(texts: readonly string[]): { bytesList: { value: Uint8Array[] } } {
  return { bytesList: { value: texts.map((text) => new TextEncoder().encode(text)) } };
}
