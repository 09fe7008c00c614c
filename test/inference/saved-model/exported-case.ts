// Writes a scoring graph in both export forms, beside inputs and the plain evaluator's scores for them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphToOnnx } from '../../../src/inference/onnx/write-onnx.js';
import { plainEvaluator } from '../../../src/inference/plain/plain-evaluator.js';
import { graphToSavedModel } from '../../../src/inference/saved-model/write-saved-model.js';
import type { ScoringGraph } from '../../../src/inference/scoring-graph.js';
import type { Tensor } from '../../../src/inference/tensor.js';
import type { GraphInputs } from '../../../src/routers/router.js';

/** NAME.onnx, NAME/saved_model.pb and NAME.json, as scripts/check-exports.py reads them. */
export async function writeExportedCase(
  folder: string,
  name: string,
  graph: ScoringGraph,
  inputs: GraphInputs,
): Promise<void> {
  const scores = await plainEvaluator(graph).run(inputs);
  const models = Array.from({ length: scores.shape[1]! }, (_, m) => `model-${m}`);
  mkdirSync(join(folder, name, 'variables'), { recursive: true });
  writeFileSync(join(folder, name, 'saved_model.pb'), await graphToSavedModel(graph, { models }));
  writeFileSync(join(folder, `${name}.onnx`), await graphToOnnx(graph, { models }));
  const { features, ...others } = Object.fromEntries(
    Object.entries(inputs).map(([input, tensor]) => [input, nested(tensor)]),
  );
  const expected = { features, inputs: others, scores: nested(scores) };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(expected));
}

/** [rows × cols] as lists. */
export function nested({ shape, data }: Tensor): number[][] {
  const cols = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}
