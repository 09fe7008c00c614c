// Where the nodes and weights of an .onnx file lie in its bytes; nothing is copied.
import { varint, type WireField, wireFields } from './wire-fields.js';

export interface ModelLayout {
  readonly nodes: readonly NodeLayout[];
  readonly weights: ReadonlyMap<string, WeightLayout>;
  /** Names of the graph's inputs and outputs: what others rely on. */
  readonly ports: ReadonlySet<string>;
}

export interface NodeLayout {
  readonly operator: string;
  readonly inputs: readonly { readonly name: string; readonly start: number }[];
  readonly outputs: readonly string[];
}

export interface WeightLayout {
  /** TensorProto.DataType */
  readonly type: number;
  /** The byte that says the type. */
  readonly typeAt: number;
  readonly dims: readonly number[];
  /** undefined: its values stand in a field of their type. */
  readonly raw: WireField | undefined;
  /** Values of types below 64 bits that do not stand in raw. */
  readonly int32s: readonly number[];
}

/** Field numbers of onnx.proto3. */
export const MODEL = { graph: 7 };
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 };
export const TENSOR = { dims: 1, type: 2, int32s: 5, name: 8, raw: 9, place: 14 };
const NODE = { input: 1, output: 2, operator: 4 };
const VALUE = { name: 1 };
const EXTERNAL = 1;

/** undefined where the graph comes in several parts, or weights lie in another file. Throws RangeError for bytes that are no model. */
export function modelLayout(model: Buffer): ModelLayout | undefined {
  const [graph, ...others] = [...wireFields(model)].filter(({ number }) => number === MODEL.graph);
  if (!graph || others.length > 0) return undefined;
  const nodes: NodeLayout[] = [];
  const weights = new Map<string, WeightLayout>();
  const ports = new Set<string>();
  for (const field of wireFields(model, graph.start, graph.end)) {
    if (field.number === GRAPH.node) nodes.push(nodeAt(model, field));
    if (field.number === GRAPH.input || field.number === GRAPH.output) ports.add(nameAt(model, field, VALUE.name));
    if (field.number !== GRAPH.initializer) continue;
    const weight = weightAt(model, field);
    if (!weight) return undefined;
    weights.set(nameAt(model, field, TENSOR.name), weight);
  }
  return { nodes, weights, ports };
}

function nodeAt(model: Buffer, node: WireField): NodeLayout {
  const inputs: { name: string; start: number }[] = [];
  const outputs: string[] = [];
  let operator = '';
  for (const field of wireFields(model, node.start, node.end)) {
    if (field.number === NODE.input) inputs.push({ name: textAt(model, field), start: field.start });
    if (field.number === NODE.output) outputs.push(textAt(model, field));
    if (field.number === NODE.operator) operator = textAt(model, field);
  }
  return { operator, inputs, outputs };
}

function weightAt(model: Buffer, tensor: WireField): WeightLayout | undefined {
  const dims: number[] = [];
  const int32s: number[] = [];
  let [type, typeAt] = [0, 0];
  let raw: WireField | undefined;
  for (const field of wireFields(model, tensor.start, tensor.end)) {
    if (field.number === TENSOR.dims) dims.push(...numbersAt(model, field));
    if (field.number === TENSOR.int32s) int32s.push(...numbersAt(model, field));
    if (field.number === TENSOR.type) [type, typeAt] = [varint(model, field.start)[0], field.start];
    if (field.number === TENSOR.raw) raw = field;
    if (field.number === TENSOR.place && model[field.start] === EXTERNAL) return undefined;
  }
  return { type, typeAt, dims, raw, int32s };
}

/** One, or several packed together. */
function numbersAt(model: Buffer, { wire, start, end }: WireField): number[] {
  if (wire === 0) return [varint(model, start)[0]];
  const values: number[] = [];
  for (let at = start; at < end; ) {
    const [value, next] = varint(model, at);
    values.push(value);
    at = next;
  }
  return values;
}

function nameAt(model: Buffer, { start, end }: WireField, number: number): string {
  for (const field of wireFields(model, start, end)) if (field.number === number) return textAt(model, field);
  return '';
}

/** Byte for byte, so that lengths are those of the file. */
function textAt(model: Buffer, { start, end }: WireField): string {
  return model.toString('latin1', start, end);
}
