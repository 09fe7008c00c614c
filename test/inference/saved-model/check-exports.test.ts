// Holds our exports to TensorFlow, onnx and onnxruntime of Python; skipped where python3 has none of them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { graphBuilder } from '../../../src/inference/scoring-graph.js';
import { seededRandom } from '../../../src/math/random.js';
import { loadRouter, ROUTER_NAMES } from '../../../src/routers/registry.js';
import { askedByPeople, separableTable, withPeople } from '../../routers/toy-table.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { randomCase } from '../random-graph.js';
import { writeExportedCase } from './exported-case.js';

const PYTHON = process.env.PYTHON ?? 'python3';
const LIBRARIES = `import importlib.util as u; print(all(u.find_spec(n) for n in ("numpy", "onnx", "onnxruntime", "tensorflow")))`;
const hasLibraries = spawnSync(PYTHON, ['-c', LIBRARIES], { encoding: 'utf8' }).stdout?.trim() === 'True';
const folder = temporaryFolder();
/** The graph is the same however long it was trained. */
const QUICK: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  gmtrouter: { hidden: 16, heads: 2, historySize: 4, epochs: 10, learningRate: 0.02 },
  personalizedrouter: { embeddingDim: 16, trainEpoch: 10, historySize: 4 },
};

test.skipIf(!hasLibraries)(
  'onnx.checker, onnxruntime and tf.saved_model.load agree with the plain evaluator within 1e-5, for every router and for 15 random graphs (skipped where python3 lacks tensorflow, onnx or onnxruntime; PYTHON names another)',
  async () => {
    const names: string[] = [];
    const random = seededRandom(5);
    for (const name of ROUTER_NAMES) {
      const router = await loadRouter(name);
      const personal = router.needs.users || router.needs.interactions === true;
      const table = personal ? withPeople(separableTable()) : separableTable();
      const fitted = await router.fit(table, QUICK[name] ?? {}, { seed: 3 });
      const D = table.features.cols;
      const features = { rows: 7, cols: D, data: Float32Array.from({ length: 7 * D }, () => random.normal()) };
      const batch = personal
        ? { ...askedByPeople({ ...separableTable(7), features }, separableTable(9, 3)) }
        : { features };
      await writeExportedCase(folder.path, name, fitted.graph(), await fitted.inputs(batch));
      names.push(name);
    }
    const cases = fc.sample(randomCase, { numRuns: 15, seed: 7 });
    for (const [i, { graph, features }] of cases.entries()) {
      await writeExportedCase(folder.path, `random-${i}`, graph, {
        features: { ...features, data: Float32Array.from(features.data) },
      });
      names.push(`random-${i}`);
    }
    const features = { shape: [2, 3], data: Float32Array.of(1, 3, 3, -1, 0.5, 2) };
    await writeExportedCase(folder.path, 'corners', corners(), { features });
    names.push('corners');
    const { stdout: printed } = spawnSync(
      PYTHON,
      [join(import.meta.dirname, '../../../scripts/check-exports.py'), folder.path],
      {
        encoding: 'utf8',
      },
    );
    const { differences, absent } = JSON.parse(printed.trim().split('\n').at(-1)!);
    expect(absent).toEqual([]);
    expect(Object.keys(differences).sort()).toEqual([...names].sort());
    for (const name of names) {
      expect(differences[name], name).toEqual({ onnx: expect.any(Number), tensorflow: expect.any(Number) });
      expect(Math.max(differences[name].onnx, differences[name].tensorflow), name).toBeLessThanOrEqual(1e-5);
    }
  },
);

/** What the random graphs leave out: softmax along an inner axis, a vector product, negative indices, names TensorFlow refuses. */
function corners() {
  const graph = graphBuilder();
  const features = graph.input('features', ['batch', 3]);
  const along = graph.squeeze(graph.softmax(graph.unsqueeze(features, [-1]), 1), [2]); // [batch×3]
  const rows = graph.constant('rows é/№', { shape: [3, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) });
  const last = graph.gather(rows, graph.constant('-last', { shape: [1], data: Int32Array.of(-1) })); // [1×3]
  const vector = graph.constant('Rows', { shape: [3], data: Float32Array.of(0.5, -1, 2) });
  const product = graph.unsqueeze(graph.matMul(features, vector), [1]); // [batch×1]
  const best = graph.gather(rows, graph.topK(features, 2).indices); // [batch×2×3], ties to the lowest index
  return graph.build(graph.add(graph.add(graph.mul(along, last), product), graph.reduceMean(best, [1], false)));
}
