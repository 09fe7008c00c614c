// Chooses the engine of a fitted router's graph: plain arrays while there is little to do, ONNX Runtime from then on.
import type { EvaluatorChoice } from '../inference/registry.js';
import type { ScoringGraph } from '../inference/scoring-graph.js';

/**
 * Multiply-adds (rows × constant elements) that plain arrays do before ONNX Runtime is loaded: about what loading it and
 * handing it the constants costs. So a process that scores one query never pays for it, and one that scores many does once.
 */
const PLAIN_WORK_LIMIT = 50_000_000;

/** Which engine the next `rows` are cheaper on, given what has been scored so far; `auto` is ONNX Runtime where it loads. */
export function engineChooser(graph: () => ScoringGraph): (rows: number) => EvaluatorChoice {
  let spent = 0;
  return (rows) => {
    const elements = Object.values(graph().constants).reduce((sum, constant) => sum + constant.data.length, 0);
    spent += rows * elements;
    return spent <= PLAIN_WORK_LIMIT ? 'plain' : 'auto';
  };
}
