// k-means, 5,600 × 782 into 50 clusters, k-means++ and ten restarts included, beside scikit-learn on the same points.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, median } from './measure.js';

const ROWS = 5600;
const WIDTH = 782;
const CLUSTERS = 50;
const OPTIONS = { nInit: 10, maxIter: 300, tol: 1e-4, implementation: 'own' };
const ROUNDS = 3;

export default async function measure({ dist, python, notice }) {
  const { bestClustering } = await import(`${dist}/routers/kmeans/restarts.js`);
  const { openPoints } = await import(`${dist}/routers/kmeans/points.js`);
  const { onnxRuntimeStatus } = await import(`${dist}/inference/onnxruntime/onnx-runtime.js`);
  if (!(await onnxRuntimeStatus()).live) notice('k-means runs in plain arrays: ONNX Runtime does not load.');
  const rows = await mixture(dist);
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  const inertias = { ours: [], peer: [] };
  let seed = 0;
  const ours = async () => {
    const start = performance.now();
    const points = await openPoints(rows);
    const { inertia } = await bestClustering(points, CLUSTERS, OPTIONS, { seed: ++seed });
    await points.dispose();
    inertias.ours.push(inertia);
    return [performance.now() - start];
  };
  const peer = async () => {
    const { nInit: restarts, maxIter: max_iter, tol } = OPTIONS;
    const args = { folder, rows: ROWS, width: WIDTH, clusters: CLUSTERS, restarts, max_iter, tol, seed };
    const { ms, inertia } = await python.call('kmeans', 'fit', args);
    inertias.peer.push(inertia);
    return [ms];
  };
  try {
    writeFileSync(join(folder, 'points.f32'), rows.data);
    const what = `k-means ${ROWS} × ${WIDTH}, k = ${CLUSTERS}, ${OPTIONS.nInit} restarts`;
    const row = await compare({
      what,
      ours,
      peer: python.call && peer,
      peerName: 'scikit-learn KMeans',
      target: 1.5,
      rounds: ROUNDS,
    });
    return [python.call ? withInertia(row, inertias) : row];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A quicker run to a worse clustering does not count: inertia within 1 % of the peer's or below. */
function withInertia(row, { ours, peer }) {
  const ratio = median(ours) / median(peer);
  return { ...row, reached: row.reached && ratio <= 1.01, note: `inertia ${ratio.toFixed(4)} × the peer's` };
}

/** Unit rows from 100 overlapping clumps in 30 dimensions, laid out in 782 with a little noise: like sentence vectors. */
async function mixture(dist) {
  const { seededRandom } = await import(`${dist}/math/random.js`);
  const { matrix, normaliseRows } = await import(`${dist}/math/matrix.js`);
  const random = seededRandom(20240110);
  const normal = (rows, cols) =>
    Array.from({ length: rows }, () => Float64Array.from({ length: cols }, () => random.normal()));
  const clumps = normal(100, 30);
  const layout = normal(30, WIDTH);
  const points = matrix(ROWS, WIDTH);
  for (let i = 0; i < ROWS; i++) {
    const clump = clumps[random.int(clumps.length)];
    const latent = clump.map((value) => value + 0.7 * random.normal());
    for (let d = 0; d < WIDTH; d++) {
      let value = 0.5 * random.normal();
      for (let j = 0; j < latent.length; j++) value += latent[j] * layout[j][d];
      points.data[i * WIDTH + d] = value;
    }
  }
  return normaliseRows(points);
}
