// The evaluators of a scoring graph, loaded only when asked for, and the rule that picks one.
import type { Evaluator, EvaluatorName } from './evaluator.js';
import type { ScoringGraph } from './scoring-graph.js';

export type EvaluatorChoice = 'auto' | EvaluatorName;

/**
 * Opens an evaluator. `auto` is ONNX Runtime where it loads, else plain arrays.
 * Throws `VSR_GRAPH` for a malformed graph, `VSR_ENGINE` if ONNX Runtime is named and does not load.
 */
export async function openEvaluator(graph: ScoringGraph, choice: EvaluatorChoice = 'auto'): Promise<Evaluator> {
  if (choice === 'plain' || choice === 'auto') {
    const { plainEvaluator } = await import('./plain/plain-evaluator.js');
    return plainEvaluator(graph);
  }
  throw new Error('ONNX Runtime: next commit');
}
