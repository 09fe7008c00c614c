// Runs SavedModels in native TensorFlow, through the training room's door: only where VSR_TEST_ENGINE names that engine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphToSavedModel } from '../../../src/inference/saved-model/write-saved-model.js';
import type { ScoringGraph } from '../../../src/inference/scoring-graph.js';
import type { Tensor } from '../../../src/inference/tensor.js';
import { TEST_ENGINE, testEngine } from '../../training/test-engine.js';

/** Why no SavedModel is run here; null = one is, and an engine that does not load is a failure. */
export const NO_NATIVE = TEST_ENGINE === 'native' ? null : 'VSR_TEST_ENGINE is not native';

/** Writes the graph as `folder`/saved_model.pb, loads it from there by tag and signature, and runs it. */
export async function runSavedModel(
  folder: string,
  graph: ScoringGraph,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Float32Array> {
  mkdirSync(join(folder, 'variables'), { recursive: true });
  writeFileSync(join(folder, 'saved_model.pb'), await graphToSavedModel(graph));
  const { tf } = await testEngine();
  const { node } = tf as unknown as NodeTensorFlow;
  const loaded = await node.loadSavedModel(folder, ['serve'], 'serving_default');
  try {
    return tf.tidy(() => {
      const given = Object.entries(inputs).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]);
      const { scores } = loaded.predict(Object.fromEntries(given)) as unknown as { scores: Scores };
      return scores.dataSync().slice();
    });
  } finally {
    loaded.dispose();
  }
}

interface Scores {
  dataSync(): Float32Array;
}

/** What tfjs-node has beside the common interface. */
interface NodeTensorFlow {
  readonly node: {
    loadSavedModel(
      path: string,
      tags: string[],
      signature: string,
    ): Promise<{ predict(inputs: unknown): unknown; dispose(): void }>;
  };
}
