// Scoring one query of each router with ONNX Runtime, the vector given: p99 over the whole example's artifact, in milliseconds.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samples, withinLimit } from './measure.js';

const CALLS = 2000;
const WARMUP = 200;
const LIMIT_MS = 1;
/** Those whose graph wants a vector and nothing else. */
const ROUTERS = 'knn,kmeans,svm,mlp,mf,rankrouter,autorouter';

export default async function measure({ root, dist, notice }) {
  const { onnxRuntimeStatus } = await import(`${dist}/inference/onnxruntime/onnx-runtime.js`);
  const { seededRandom } = await import(`${dist}/math/random.js`);
  const { openRouter, openTrained } = await import(`${dist}/pipelines/trained/trained-router.js`);
  const runtime = await onnxRuntimeStatus();
  if (!runtime.live) {
    notice(`Scoring is skipped: ONNX Runtime does not load: ${runtime.reason}`);
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  try {
    const train = [
      join(root, 'bin/vsr.js'),
      'train',
      '--folds',
      '0',
      '--engine',
      'wasm',
      '--router',
      ROUTERS,
      '--quiet',
    ];
    const { status, stderr } = spawnSync(process.execPath, train, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) {
      notice(`Scoring is skipped: vsr train ends with ${status}: ${stderr.trim().split('\n')[0]}`);
      return [];
    }
    const trained = await openTrained(join(folder, 'artifacts'));
    const random = seededRandom(1);
    const rows = [];
    for (const name of Object.keys(trained.artifact.manifest.routers)) {
      const router = await openRouter(trained, name);
      const cols = router.featureDim;
      const query = () => ({ rows: 1, cols, data: Float32Array.from({ length: cols }, () => random.normal()) });
      const times = await samples(() => router.score({ features: query() }, 'onnxruntime'), {
        count: CALLS,
        warmup: WARMUP,
      });
      const p99 = times.toSorted((a, b) => a - b)[Math.ceil(0.99 * CALLS) - 1];
      rows.push(withinLimit({ what: `scoring one query, ${name}, p99 of ${CALLS}`, ms: p99, limitMs: LIMIT_MS }));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
