// knn scoring, 5,000 × 782 and nine models: one query and 256, in ONNX Runtime and in plain arrays, beside scikit-learn.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, samples } from './measure.js';

const ROWS = 5000;
const WIDTH = 782;
const MODELS = 9;
const K = 5;
const QUERIES = 256;
const PEER = 'scikit-learn brute cosine';

export default async function measure({ dist, python, notice }) {
  const { onnxRuntimeStatus } = await import(`${dist}/inference/onnxruntime/onnx-runtime.js`);
  const data = await randomData(dist);
  const fitted = await fitKnn(dist, data);
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  try {
    if (python.call) {
      writeFileSync(join(folder, 'train.f32'), data.train);
      writeFileSync(join(folder, 'quality.f64'), data.quality);
      writeFileSync(join(folder, 'queries.f32'), data.queries);
      await python.call('knn', 'fit', { folder, rows: ROWS, width: WIDTH, models: MODELS, k: K });
      await checkSameScores(fitted, data, python);
    }
    const status = await onnxRuntimeStatus();
    if (!status.live) notice(`ONNX Runtime is skipped: ${status.reason}`);
    const cases = [
      ...(status.live ? [{ engine: 'onnxruntime', queries: 1, count: 200, target: 0.2 }] : []),
      ...(status.live ? [{ engine: 'onnxruntime', queries: QUERIES, count: 10, target: 0.4 }] : []),
      { engine: 'plain', queries: 1, count: 20, target: 1 },
      { engine: 'plain', queries: QUERIES, count: 1, target: null },
    ];
    const rows = [];
    for (const { engine, queries, count, target } of cases) {
      const batch = batchOf(data, queries);
      await samples(() => fitted.score(batch, engine), { count: 2 });
      rows.push(
        await compare({
          what: `knn score, ${queries === 1 ? '1 query' : `${queries} queries`}, ${engine}`,
          ours: () => samples(() => fitted.score(batch, engine), { count }),
          peer: python.call && (() => python.call('knn', 'times', { queries, count: 10 })),
          peerName: PEER,
          target,
        }),
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function randomData(dist) {
  const { seededRandom } = await import(`${dist}/math/random.js`);
  const random = seededRandom(20240110);
  const normal = (length) => Float32Array.from({ length }, () => random.normal());
  return {
    train: normal(ROWS * WIDTH),
    quality: Float64Array.from({ length: ROWS * MODELS }, () => random.uniform()),
    queries: normal(QUERIES * WIDTH),
  };
}

/** The router as users get it, with κ = 0: the plain mean over k neighbours. */
async function fitKnn(dist, { train, quality }) {
  const { loadRouter } = await import(`${dist}/routers/registry.js`);
  const knn = await loadRouter('knn');
  const table = {
    models: Array.from({ length: MODELS }, (_, m) => `model-${m}`),
    features: { rows: ROWS, cols: WIDTH, data: train },
    quality: { rows: ROWS, cols: MODELS, data: quality },
    groups: Int32Array.from({ length: ROWS }, (_, row) => row),
  };
  return knn.fit(table, { k: K, shrinkage: 0 }, { seed: 1 });
}

function batchOf({ queries }, count) {
  return { features: { rows: count, cols: WIDTH, data: queries.subarray(0, count * WIDTH) } };
}

/** A race between two that compute different things would say nothing. */
async function checkSameScores(fitted, data, python) {
  const ours = await fitted.score(batchOf(data, 8), 'plain');
  const peer = await python.call('knn', 'scores', { queries: 8 });
  const worst = Math.max(...peer.map((value, i) => Math.abs(value - ours.data[i])));
  if (!(worst < 1e-5)) throw new Error(`knn scores differ from scikit-learn's by ${worst}`);
}
