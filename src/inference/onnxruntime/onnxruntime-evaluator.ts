// Evaluates a scoring graph, or any .onnx file, in ONNX Runtime.
import { availableParallelism } from 'node:os';
import { VsrError } from '../../errors/vsr-error.js';
import { checkInputs } from '../check-graph.js';
import type { Evaluator } from '../evaluator.js';
import { graphToOnnx } from '../onnx/write-onnx.js';
import type { ScoringGraph } from '../scoring-graph.js';
import type { Tensor } from '../tensor.js';
import { type OnnxRuntime, type OnnxSession, type OnnxTensor, onnxRuntime } from './onnx-runtime.js';

/** Throws `VSR_ENGINE` where ONNX Runtime does not load, `VSR_GRAPH` where it refuses the graph. */
export async function onnxRuntimeEvaluator(graph: ScoringGraph): Promise<Evaluator> {
  const model = await openOnnxModel(await graphToOnnx(graph), 'scoring graph');
  return {
    engine: 'onnxruntime',
    run: async (inputs) => {
      checkInputs(graph, inputs);
      return (await model.run(inputs))[graph.output]!;
    },
    dispose: () => model.dispose(),
  };
}

/** An .onnx model of any origin: named tensors in, named tensors out. */
export interface OnnxModel {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Whole numbers go in as int64. Throws `VSR_GRAPH` where the model refuses its inputs. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

/** `where` names the model in errors. Throws `VSR_ENGINE` where ONNX Runtime does not load, `VSR_GRAPH` for bytes it refuses. */
export async function openOnnxModel(bytes: Uint8Array, where: string): Promise<OnnxModel> {
  const runtime = await onnxRuntime();
  const session = await openSession(runtime, bytes, where);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (inputs) => {
      const feeds: Record<string, OnnxTensor> = {};
      for (const name in inputs) feeds[name] = toOnnx(runtime, inputs[name]!);
      const results = await runSession(session, feeds, where);
      const outputs: Record<string, Tensor> = {};
      for (const name in results) outputs[name] = fromOnnx(results[name]!, `${where}: output "${name}"`);
      return outputs;
    },
    dispose: () => session.release(),
  };
}

/** More threads than this do not pay for the matrix products of one scoring graph. */
const MAX_THREADS = 4;

/**
 * By default a thread that waits for the others burns its core: on a busy machine they wait for threads that have none. Without it
 * one query costs half the processor time and a batch is done sooner; on a quiet machine the times are the same.
 */
const WITHOUT_SPINNING = { session: { intra_op: { allow_spinning: '0' } } };

async function openSession(runtime: OnnxRuntime, bytes: Uint8Array, where: string): Promise<OnnxSession> {
  try {
    return await runtime.InferenceSession.create(bytes, {
      intraOpNumThreads: Math.min(MAX_THREADS, availableParallelism()),
      extra: WITHOUT_SPINNING,
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new VsrError('VSR_GRAPH', `${where}: ONNX Runtime refuses the model: ${(cause as Error).message}`, { cause });
  }
}

async function runSession(session: OnnxSession, feeds: Record<string, OnnxTensor>, where: string) {
  try {
    return await session.run(feeds);
  } catch (cause) {
    throw new VsrError('VSR_GRAPH', `${where}: ONNX Runtime stopped: ${(cause as Error).message}`, { cause });
  }
}

function toOnnx(runtime: OnnxRuntime, { shape, data }: Tensor): OnnxTensor {
  return data instanceof Float32Array
    ? new runtime.Tensor('float32', data, shape)
    : new runtime.Tensor('int64', BigInt64Array.from(data, BigInt), shape);
}

function fromOnnx({ type, data, dims }: OnnxTensor, where: string): Tensor {
  if (data instanceof Float32Array) return { shape: dims, data };
  if (data instanceof BigInt64Array) return { shape: dims, data: Int32Array.from(data, Number) };
  throw new VsrError('VSR_GRAPH', `${where} is of type ${type}; expected float32 or int64.`);
}
