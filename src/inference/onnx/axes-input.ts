// What opset 17 takes as an input where a scoring graph has an attribute.
import type { OpName } from '../scoring-graph.js';

/** The attribute of each such op; ReduceMean keeps its axes as an attribute until opset 18. */
export const INPUT_ATTRIBUTES: Readonly<Partial<Record<OpName, string>>> = {
  ReduceSum: 'axes',
  Unsqueeze: 'axes',
  Squeeze: 'axes',
  TopK: 'k',
};
