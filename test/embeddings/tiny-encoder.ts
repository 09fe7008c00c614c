// Folders with encoders small enough to compute by hand: a table of token vectors as an ONNX graph, and a letter tokenizer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { FLOAT, INT64, modelProto } from '../../src/inference/onnx/onnx-schema.js';

export const FLOAT16 = 10;
export const UINT8 = 2;
const INT32 = 6;
const ATTRIBUTE_INT = 2;

export type Size = number | string;

interface Port {
  readonly name: string;
  readonly type?: number;
  readonly shape: readonly Size[];
}

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number>>;
}

export interface TinyGraph {
  readonly inputs: readonly Port[];
  readonly nodes: readonly Node[];
  readonly constants: Readonly<
    Record<string, { shape: readonly number[]; data: Float32Array | BigInt64Array | Uint8Array }>
  >;
  readonly outputs: readonly Port[];
  /** Writes the constants beside the model, into this file. */
  readonly externalData?: string;
}

export async function writeGraph(folder: string, name: string, graph: TinyGraph): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const type = await modelProto();
  withExternalData(type.root);
  const external: Uint8Array[] = [];
  let offset = 0;
  const initializer = Object.entries(graph.constants).map(([constant, { shape, data }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const common = { name: constant, dims: [...shape], dataType: typeOf(data) };
    if (graph.externalData === undefined) return { ...common, rawData: bytes };
    external.push(bytes);
    const place = { location: graph.externalData, offset: String(offset), length: String(bytes.length) };
    offset += bytes.length;
    return { ...common, dataLocation: 1, externalData: Object.entries(place).map(([key, value]) => ({ key, value })) };
  });
  if (graph.externalData !== undefined) writeFileSync(join(folder, graph.externalData), Buffer.concat(external));
  const port = ({ name: portName, type: elemType = INT64, shape }: Port) => ({
    name: portName,
    type: {
      tensorType: {
        elemType,
        shape: { dim: shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) },
      },
    },
  });
  const model = {
    irVersion: 8,
    producerName: 'test',
    opsetImport: [{ version: 17 }],
    graph: {
      name: 'tiny',
      node: graph.nodes.map(({ op, inputs, output, attributes = {} }) => ({
        opType: op,
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([key, i]) => ({ name: key, i, type: ATTRIBUTE_INT })),
      })),
      initializer,
      input: graph.inputs.map(port),
      output: graph.outputs.map(port),
    },
  };
  writeFileSync(join(folder, name), type.encode(type.fromObject(model)).finish());
}

function typeOf(data: Float32Array | BigInt64Array | Uint8Array): number {
  if (data instanceof Uint8Array) return UINT8;
  return data instanceof Float32Array ? FLOAT : INT64;
}

/** Field numbers of onnx.proto3 that the product's own writer does not need. */
function withExternalData(root: protobuf.Root): void {
  const tensor = root.lookupType('onnx.TensorProto');
  if (tensor.fields.externalData) return;
  tensor.add(new protobuf.Field('externalData', 13, 'StringStringEntryProto', 'repeated'));
  tensor.add(new protobuf.Field('dataLocation', 14, 'int32'));
}

export const TEXT_PORTS: readonly Port[] = [
  { name: 'input_ids', shape: ['batch', 'sequence'] },
  { name: 'attention_mask', shape: ['batch', 'sequence'] },
];

/** Vector of token id: [id, id²]. Ids as in `VOCABULARY`. */
export const WIDTH = 2;
export const VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...'abcdefghijklmnopqrstuvwxyz'];
export const idOf = (token: string) => VOCABULARY.indexOf(token);
export const vectorOf = (id: number) => [id, id * id];

const TABLE = {
  shape: [VOCABULARY.length, WIDTH],
  data: Float32Array.from(VOCABULARY.flatMap((_, id) => vectorOf(id))),
};

/** last_hidden_state = table[input_ids]; further inputs are there and change nothing. */
export function tableGraph({
  ports = TEXT_PORTS,
  output = 'last_hidden_state',
  type = FLOAT,
  externalData,
}: {
  ports?: readonly Port[];
  output?: string;
  type?: number;
  externalData?: string;
} = {}): TinyGraph {
  return {
    inputs: ports,
    constants: { table: TABLE },
    nodes: [
      { op: 'Gather', inputs: ['table', 'input_ids'], output: 'gathered' },
      { op: 'Cast', inputs: ['gathered'], output, attributes: { to: type } },
    ],
    outputs: [{ name: output, type, shape: ['batch', 'sequence', WIDTH] }],
    ...(externalData !== undefined && { externalData }),
  };
}

/** last_hidden_state = the number that stands in `input`, twice: what a model was fed becomes visible. */
export function echoGraph(input: string, ports: readonly Port[]): TinyGraph {
  return {
    inputs: ports,
    constants: {
      axes: { shape: [1], data: BigInt64Array.of(2n) },
      ones: { shape: [1, WIDTH], data: Float32Array.of(1, 1) },
    },
    nodes: [
      { op: 'Cast', inputs: [input], output: 'number', attributes: { to: FLOAT } },
      { op: 'Unsqueeze', inputs: ['number', 'axes'], output: 'column' },
      { op: 'MatMul', inputs: ['column', 'ones'], output: 'last_hidden_state' },
    ],
    outputs: [{ name: 'last_hidden_state', type: FLOAT, shape: ['batch', 'sequence', WIDTH] }],
  };
}

/** Σ over the mask of table[input_ids]: a graph that pools itself. */
export function summedGraph(output: string): TinyGraph {
  return {
    inputs: TEXT_PORTS,
    constants: {
      table: TABLE,
      last: { shape: [1], data: BigInt64Array.of(2n) },
      middle: { shape: [1], data: BigInt64Array.of(1n) },
    },
    nodes: [
      { op: 'Gather', inputs: ['table', 'input_ids'], output: 'gathered' },
      { op: 'Cast', inputs: ['attention_mask'], output: 'mask', attributes: { to: FLOAT } },
      { op: 'Unsqueeze', inputs: ['mask', 'last'], output: 'column' },
      { op: 'Mul', inputs: ['gathered', 'column'], output: 'masked' },
      { op: 'ReduceSum', inputs: ['masked', 'middle'], output, attributes: { keepdims: 0 } },
    ],
    outputs: [{ name: output, type: FLOAT, shape: ['batch', WIDTH] }],
  };
}

/** image_embeds = [mean red, mean green] of pixel_values. */
export function pixelGraph(output = 'image_embeds'): TinyGraph {
  return {
    inputs: [{ name: 'pixel_values', type: FLOAT, shape: ['batch', 3, 224, 224] }],
    constants: { projection: { shape: [3, WIDTH], data: Float32Array.of(1, 0, 0, 1, 0, 0) } },
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['pixel_values'], output: 'means' },
      { op: 'Flatten', inputs: ['means'], output: 'flat', attributes: { axis: 1 } },
      { op: 'MatMul', inputs: ['flat', 'projection'], output },
    ],
    outputs: [{ name: output, type: FLOAT, shape: ['batch', WIDTH] }],
  };
}

export const INT32_TYPE = INT32;

/** One token a letter, between [CLS] and [SEP] unless `bare`. */
export function tokenizerJson({ bare = false } = {}): string {
  const special = (token: string) => ({ id: token, ids: [idOf(token)], tokens: [token] });
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: bare
      ? null
      : {
          type: 'TemplateProcessing',
          single: [
            { SpecialToken: { id: '[CLS]', type_id: 0 } },
            { Sequence: { id: 'A', type_id: 0 } },
            { SpecialToken: { id: '[SEP]', type_id: 0 } },
          ],
          pair: [],
          special_tokens: { '[CLS]': special('[CLS]'), '[SEP]': special('[SEP]') },
        },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(VOCABULARY.map((token, id) => [token, id])),
    },
  });
}

/** Writes the tokenizer and configurations; undefined leaves a file out. */
export function writeFolder(folder: string, files: Readonly<Record<string, unknown>> = {}): void {
  const all = { 'tokenizer.json': tokenizerJson(), 'config.json': { hidden_size: WIDTH, pad_token_id: 0 }, ...files };
  for (const [name, content] of Object.entries(all)) {
    if (content === undefined) continue;
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}
