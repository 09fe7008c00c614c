// One Adam step over a flat parameter vector as a hand-assembled WebAssembly function: four float32 values an instruction.

/** The numbers of one step; see `FlatAdam.step`. */
export interface AdamNumbers {
  /** Gradients are multiplied by this first (clipping). */
  readonly gradientScale: number;
  /** L2: added to the gradient as l2·w. */
  readonly l2: number;
  /** Decoupled decay: w is multiplied by this. */
  readonly keep: number;
  readonly beta1: number;
  readonly beta2: number;
  /** lr·√(1−β₂ᵗ)/(1−β₁ᵗ) */
  readonly stepSize: number;
  /** ε·√(1−β₂ᵗ) */
  readonly epsilon: number;
}

export interface AdamKernel {
  /** Four vectors of `length` float32 in the kernel's own memory, zeros at first; padded to a multiple of four. */
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  update(numbers: AdamNumbers): void;
}

/** The little of the WebAssembly interface used here (its types come with the DOM's, which a Node program does without). */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** Memory for `length` parameters and the function over it. */
export function adamKernel(length: number): AdamKernel {
  const padded = Math.ceil(Math.max(length, 1) / 4) * 4;
  const bytes = padded * 4;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(Math.ceil((4 * bytes) / 65536))));
  const { memory, update } = instance.exports as {
    memory: { buffer: ArrayBuffer };
    update: (...args: number[]) => void;
  };
  const vector = (i: number) => new Float32Array(memory.buffer, i * bytes, length);
  return {
    weights: vector(0),
    gradients: vector(1),
    firstMoments: vector(2),
    secondMoments: vector(3),
    update: (n) => {
      const scalars = [
        n.gradientScale,
        n.l2,
        n.keep,
        n.beta1,
        1 - n.beta1,
        n.beta2,
        1 - n.beta2,
        n.stepSize,
        n.epsilon,
      ];
      update(0, bytes, 2 * bytes, 3 * bytes, bytes, ...scalars);
    },
  };
}

// Names of the function's locals. Parameters: four addresses, the end of the weights, nine float32 scalars.
const [W, G, M, V, END] = [0, 1, 2, 3, 4] as const;
const FIRST_SCALAR = 5;
const SCALARS = 9;
const FIRST_VECTOR = FIRST_SCALAR + SCALARS; // each scalar again, in all four lanes
const [SCALE, L2, KEEP, BETA1, REST1, BETA2, REST2, STEP, EPSILON] = Array.from(
  { length: SCALARS },
  (_, i) => FIRST_VECTOR + i,
) as [number, number, number, number, number, number, number, number, number];
const [w, g, m, v] = [0, 1, 2, 3].map((i) => FIRST_VECTOR + SCALARS + i) as [number, number, number, number];

// Instructions, as the WebAssembly core specification 2.0 encodes them (chapter 5.4; SIMD has the prefix 0xfd).
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const load = [0xfd, 0x00, 4, 0];
const store = [0xfd, 0x0b, 4, 0];
const splat = [0xfd, 0x13];
const sqrt = [0xfd, 0xe3, 0x01];
const add = [0xfd, 0xe4, 0x01];
const subtract = [0xfd, 0xe5, 0x01];
const multiply = [0xfd, 0xe6, 0x01];
const divide = [0xfd, 0xe7, 0x01];
const LOOP = [0x03, 0x40];
const END_BLOCK = 0x0b;

const product = (a: number, b: number) => [...get(a), ...get(b), ...multiply];
const advance = (address: number) => [...get(address), 0x41, 16, 0x6a, ...set(address)]; // += 16
const branchIfBelow = (a: number, b: number) => [...get(a), ...get(b), 0x49, 0x0d, 0];

const BODY = [
  ...Array.from({ length: SCALARS }, (_, i) => [...get(FIRST_SCALAR + i), ...splat, ...set(FIRST_VECTOR + i)]).flat(),
  ...LOOP,
  ...[...get(W), ...load, ...set(w)],
  // g ← scale·g + l2·w
  ...[...get(G), ...load, ...get(SCALE), ...multiply, ...product(w, L2), ...add, ...set(g)],
  // m ← β₁·m + (1−β₁)·g
  ...[...get(M), ...get(M), ...load, ...get(BETA1), ...multiply, ...product(g, REST1), ...add, ...tee(m), ...store],
  // v ← β₂·v + (1−β₂)·g²
  ...[...get(V), ...get(V), ...load, ...get(BETA2), ...multiply, ...product(g, g), ...get(REST2), ...multiply, ...add],
  ...[...tee(v), ...store],
  // w ← keep·w − step·m / (√v + ε)
  ...[...get(W), ...product(w, KEEP), ...product(m, STEP), ...get(v), ...sqrt, ...get(EPSILON), ...add, ...divide],
  ...[...subtract, ...store],
  ...[W, G, M, V].flatMap(advance),
  ...branchIfBelow(W, END),
  END_BLOCK,
  END_BLOCK,
];

const [I32, F32, V128] = [0x7f, 0x7d, 0x7b];

/** The module: one function `update` and one exported memory of `pages` × 64 KiB. */
function moduleBytes(pages: number): Uint8Array {
  const parameters = [...Array<number>(FIRST_SCALAR).fill(I32), ...Array<number>(SCALARS).fill(F32)];
  const locals = [1, SCALARS + 4, V128]; // one group: the scalars' lanes and w, g, m, v
  const code = [...locals, ...BODY];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, [1, 0x60, parameters.length, ...parameters, 0]), // types: (i32×5, f32×9) → ()
    ...section(3, [1, 0]), // functions: one, of type 0
    ...section(5, [1, 0, ...unsigned(pages)]), // memories: one
    ...section(7, [2, ...text('update'), 0, 0, ...text('memory'), 2, 0]), // exports
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value)];
}

/** LEB128: seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
