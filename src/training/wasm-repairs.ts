// Two repairs without which the WASM backend trains slowly or not at all, and one op that it computes in two slow ones.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { EngineTensor, TensorFlow } from './tensorflow.js';

/** Idempotent; the other backends keep the gradient they came with. */
export function repairWasm(tf: TensorFlow): void {
  repairMatMulGradient(tf);
  registerUnsortedSegmentSum(tf);
  registerReluGradient(tf);
}

/**
 * C = op(A)·op(B); leading axes are batches, broadcast where they are 1. WASM multiplies transposed operands in a
 * scalar loop, and the stock gradient asks for exactly those products; here every operand is transposed explicitly first.
 */
function repairMatMulGradient(tf: TensorFlow): void {
  const stock = tf.getGradient('BatchMatMul');
  if (!stock || REPAIRED in stock) return;
  const gradFunc: typeof stock.gradFunc = (dy, saved, attributes) => {
    if (tf.getBackend() !== 'wasm') return stock.gradFunc(dy, saved, attributes);
    const [a, b] = saved as [EngineTensor, EngineTensor];
    const { transposeA, transposeB } = attributes as unknown as { transposeA: boolean; transposeB: boolean };
    const d = dy as EngineTensor;
    const t = (x: EngineTensor) => transposeLastTwo(tf, x);
    const product = (x: EngineTensor, y: EngineTensor, like: EngineTensor) => sumToShape(tf.matMul(x, y), like);
    // With P = op(A), Q = op(B):  dP = dC·Qᵀ,  dQ = Pᵀ·dC;  a transposed operand takes the transpose of that.
    return {
      a: () => (transposeA ? product(transposeB ? t(b) : b, t(d), a) : product(d, transposeB ? b : t(b), a)),
      b: () => (transposeB ? product(t(d), transposeA ? t(a) : a, b) : product(transposeA ? a : t(a), d, b)),
    };
  };
  tf.unregisterGradient('BatchMatMul');
  tf.registerGradient({ ...stock, gradFunc, [REPAIRED]: true } as typeof stock);
}

const REPAIRED = 'explicitTranspose';

function transposeLastTwo(tf: TensorFlow, x: EngineTensor): EngineTensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** Sums away the batch axes along which the operand was broadcast. */
function sumToShape(product: EngineTensor, like: EngineTensor): EngineTensor {
  const extra = product.rank - like.rank;
  const broadcast = (size: number, axis: number) => axis < extra || (like.shape[axis - extra] === 1 && size !== 1);
  const axes = product.shape.flatMap((size, axis) => (broadcast(size, axis) ? [axis] : []));
  return axes.length === 0 ? product : product.sum(axes).reshape([...like.shape]);
}

/**
 * out[s, ...] = Σ over i with segmentIds[i] = s of x[i, ...]; negative ids are dropped. The gradient of gather needs it.
 * x: [N × ...] float32 or int32, segmentIds: [N] int32, out: [numSegments × ...]
 */
function registerUnsortedSegmentSum(tf: TensorFlow): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend: anyBackend }) => {
      const backend = anyBackend as BackendWasm;
      const { x, segmentIds } = inputs as { x: EngineTensor; segmentIds: EngineTensor };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const out = backend.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
      // Views last only until the heap grows, so they are taken after the allocation.
      const values = backend.typedArrayFromHeap(x);
      const ids = backend.typedArrayFromHeap(segmentIds) as Int32Array;
      const sums = backend.typedArrayFromHeap(out);
      sums.fill(0);
      const width = ids.length === 0 ? 0 : values.length / ids.length;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]!;
        if (id < 0) continue;
        for (let j = 0; j < width; j++) sums[id * width + j]! += values[i * width + j]!;
      }
      return out;
    },
  });
}

/**
 * out = dy where y > 0, else 0: ReLU's gradient from its result. As `step` and `mul` it costs seven times as much.
 * dy, y, out: same shape, float32
 */
function registerReluGradient(tf: TensorFlow): void {
  if (tf.getKernel(RELU_GRADIENT, 'wasm')) return;
  tf.registerKernel({
    kernelName: RELU_GRADIENT,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend: anyBackend }) => {
      const backend = anyBackend as BackendWasm;
      const { dy, y } = inputs as { dy: EngineTensor; y: EngineTensor };
      const out = backend.makeOutput(dy.shape, 'float32');
      const from = bitsOf(backend.typedArrayFromHeap(dy));
      const result = bitsOf(backend.typedArrayFromHeap(y));
      const to = bitsOf(backend.typedArrayFromHeap(out));
      // All bits where y is not 0 (and so above it), none where it is: about half the units are off, which no branch foresees.
      for (let i = 0; i < to.length; i++) to[i] = from[i]! & (-(result[i]! & WITHOUT_SIGN) >> 31);
      return out;
    },
  });
}

const RELU_GRADIENT = 'VsrReluGradient';
const WITHOUT_SIGN = 0x7fffffff;

/** The float32 values of the heap as the whole numbers that their bits are. */
function bitsOf({
  buffer,
  byteOffset,
  length,
}: {
  buffer: ArrayBufferLike;
  byteOffset: number;
  length: number;
}): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** ReLU's gradient from its result, on whatever backend is current; natively in two ops (`step` would be six). */
export function reluGradient(tf: TensorFlow, dy: EngineTensor, y: EngineTensor): EngineTensor {
  if (tf.getBackend() !== 'wasm') return tf.mul(dy, tf.sign(y));
  return tf.engine().runKernel(RELU_GRADIENT, { dy, y }) as EngineTensor;
}
