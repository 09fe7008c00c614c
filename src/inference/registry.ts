// The evaluators of a scoring graph, loaded only when asked for, and the rule that picks one.
import type { Evaluator, EvaluatorName } from './evaluator.js';
import type { ScoringGraph } from './scoring-graph.js';

export type EvaluatorChoice = 'auto' | EvaluatorName;

const EVALUATORS: Readonly<Record<EvaluatorName, (graph: ScoringGraph) => Promise<Evaluator>>> = {
  plain: async (graph) => (await import('./plain/plain-evaluator.js')).plainEvaluator(graph),
  onnxruntime: async (graph) => (await import('./onnxruntime/onnxruntime-evaluator.js')).onnxRuntimeEvaluator(graph),
};

/**
 * Opens an evaluator. `auto` is ONNX Runtime where it loads, else plain arrays.
 * Throws `VSR_GRAPH` for a malformed graph, `VSR_ENGINE` if ONNX Runtime is named and does not load.
 */
export async function openEvaluator(graph: ScoringGraph, choice: EvaluatorChoice = 'auto'): Promise<Evaluator> {
  return EVALUATORS[choice === 'auto' ? await bestEngine() : choice](graph);
}

async function bestEngine(): Promise<EvaluatorName> {
  const { onnxRuntimeStatus } = await import('./onnxruntime/onnx-runtime.js');
  return (await onnxRuntimeStatus()).live ? 'onnxruntime' : 'plain';
}
