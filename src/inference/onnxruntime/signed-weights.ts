// Integer products with signed weights: the same numbers as with unsigned ones, several times as fast on many processors.
//
// Of 8-bit products ONNX Runtime has fast kernels (VNNI, AMX) for unsigned × signed alone; unsigned × unsigned is widened to 16
// bits first. Weights and their zero point both moved down by 128 leave every (weight − zero point) as it was: byte ^ 0x80, read
// as signed. The file stays as it is; only what is handed to ONNX Runtime changes.
import { open, readFile } from 'node:fs/promises';
import {
  GRAPH,
  MODEL,
  type ModelLayout,
  modelLayout,
  type NodeLayout,
  TENSOR,
  type WeightLayout,
} from './model-layout.js';
import { bytesField, varintField } from './wire-fields.js';

/** Of a file: exporters write the nodes before the weights. */
const HEAD_BYTES = 4 * 2 ** 20;
const MOST_BYTES = 2 ** 30;
const PRODUCT = 'MatMulInteger';

/** The model with signed weights; undefined where nothing would be gained: then the file is for ONNX Runtime to read. */
export async function readWithSignedWeights(path: string): Promise<Uint8Array | undefined> {
  if (!(await hasByteProducts())) return undefined;
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    return size <= MOST_BYTES && head.includes(PRODUCT) ? withSignedWeights(await readFile(path)) : undefined;
  } finally {
    await file.close();
  }
}

/** Whether the processor multiplies unsigned by signed bytes without saturating; false where that cannot be told. */
async function hasByteProducts(): Promise<boolean> {
  try {
    return /\b(avx512_vnni|avx_vnni)\b/.test(await readFile('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}

/** TensorProto.DataType */
const [UINT8, INT8] = [2, 3];
/** Their own graphs may use our weights unseen. */
const WITH_GRAPHS = ['If', 'Loop', 'Scan', 'SequenceMap'];

/**
 * Changes `model`, the bytes of an .onnx file, in place, and gives it back with what has to be added; undefined, and nothing
 * changed, where no product has unsigned weights of its own. Throws RangeError for bytes that are no model.
 */
export function withSignedWeights(model: Buffer): Uint8Array | undefined {
  const layout = modelLayout(model);
  if (!layout || layout.nodes.some(({ operator }) => WITH_GRAPHS.includes(operator))) return undefined;
  const products = changeable(layout);
  const names = namesOfZeroPoints(layout, products);
  if (!names || names.size === 0) return undefined;

  for (const name of new Set(products.map(({ inputs }) => inputs[1]!.name))) {
    const { typeAt, raw } = layout.weights.get(name)!;
    model[typeAt] = INT8;
    flipTopBits(model.subarray(raw!.start, raw!.end));
  }
  for (const { inputs } of products) model.write(names.get(inputs[3]!.name)!, inputs[3]!.start, 'latin1');
  // A second graph at the end is read as more of the first: that is how protobuf joins messages.
  const added = [...names].map(([old, name]) => signedCopy(model, layout.weights.get(old)!, name));
  return Buffer.concat([model, bytesField(MODEL.graph, Buffer.concat(added))]);
}

/** Products of unsigned bytes whose weights, and these weights' zero point, are known; nothing else uses the weights. */
function changeable({ nodes, weights, ports }: ModelLayout): NodeLayout[] {
  const dynamic = new Set(
    nodes.flatMap(({ operator, outputs }) => (operator === 'DynamicQuantizeLinear' ? outputs : [])),
  );
  const isBytes = (name: string) => weights.get(name)?.type === UINT8 && !ports.has(name);
  const products = nodes.filter(({ operator, inputs: [, weight, zero, weightZero] }) => {
    if (operator !== PRODUCT || !weight || !zero || !weightZero) return false;
    const isUnsigned = isBytes(zero.name) || dynamic.has(zero.name);
    return (
      isUnsigned && isBytes(weight.name) && weights.get(weight.name)!.raw !== undefined && isBytes(weightZero.name)
    );
  });
  const otherwise = new Set<string>();
  for (const node of nodes) {
    const own = products.includes(node) ? 1 : -1;
    node.inputs.forEach(({ name }, place) => {
      if (place !== own) otherwise.add(name);
    });
  }
  return products.filter(({ inputs }) => !otherwise.has(inputs[1]!.name));
}

/** Zero points may serve others too, so each gets a signed copy, under a name as long as its own that takes its place. */
function namesOfZeroPoints({ nodes, weights }: ModelLayout, products: readonly NodeLayout[]) {
  const used = new Set([
    ...weights.keys(),
    ...nodes.flatMap(({ inputs, outputs }) => [...inputs.map(({ name }) => name), ...outputs]),
  ]);
  const names = new Map<string, string>();
  for (const { inputs } of products) {
    const { name } = inputs[3]!;
    if (names.has(name)) continue;
    const free = [...LETTERS].map((letter) => letter + name.slice(1)).find((candidate) => !used.has(candidate));
    if (free === undefined || /[^\x21-\x7e]/.test(name)) return undefined;
    used.add(free);
    names.set(name, free);
  }
  return names;
}

const LETTERS = 'sabcdefghijklmnopqrtuvwxyzSABCDEFGHIJKLMNOPQRTUVWXYZ';

/** In place, four bytes at a time where they lie in one word. */
function flipTopBits(bytes: Uint8Array): void {
  const head = Math.min(bytes.length, (4 - (bytes.byteOffset % 4)) % 4);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >> 2);
  for (let i = 0; i < words.length; i++) words[i]! ^= 0x80808080;
  for (let i = 0; i < head; i++) bytes[i]! ^= 0x80;
  for (let i = head + 4 * words.length; i < bytes.length; i++) bytes[i]! ^= 0x80;
}

function signedCopy(model: Buffer, { dims, raw, int32s }: WeightLayout, name: string): Buffer {
  const values = raw ? model.subarray(raw.start, raw.end) : Uint8Array.from(int32s);
  const tensor = [
    ...dims.map((size) => varintField(TENSOR.dims, size)),
    varintField(TENSOR.type, INT8),
    bytesField(TENSOR.name, Buffer.from(name, 'latin1')),
    bytesField(
      TENSOR.raw,
      values.map((byte) => byte ^ 0x80),
    ),
  ];
  return bytesField(GRAPH.initializer, Buffer.concat(tensor));
}
