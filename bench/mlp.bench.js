// mlp training: 782-256-128-9, 5,600 rows, 10 epochs of AdamW with dropout, on every engine that loads, beside PyTorch on one thread.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './measure.js';

const ROWS = 5600;
const WIDTH = 782;
const HIDDEN = [256, 128];
const MODELS = 9;
const EPOCHS = 10;
const OPTIONS = { dropout: 0.1, learningRate: 1e-3, weightDecay: 1e-4 };
const TARGETS = { native: 2, wasm: 3.5 };
const ROUNDS = 3;
const PEER = 'PyTorch, one thread';

export default async function measure({ dist, python, notice }) {
  const { openEngine } = await import(`${dist}/training/engine.js`);
  const { prepareTensorFlow } = await import(`${dist}/config/environment.js`);
  prepareTensorFlow();
  const data = await teacherData(dist);
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  const torch = python.call && (await python.call('mlp', 'version', {}));
  if (!torch) notice('PyTorch is skipped: pip install torch brings it.');
  try {
    writeFileSync(join(folder, 'features.f32'), data.features);
    writeFileSync(join(folder, 'quality.f32'), data.quality);
    const rows = [];
    for (const name of ['native', 'wasm']) {
      for (const batchSize of [32, 256]) {
        const engine = await openEngine({ engine: name }).catch((error) => {
          notice(`${error.message} ${error.hint}`);
        });
        if (!engine) break;
        const losses = {};
        const ours = async () => {
          const { ms, loss } = await fit(dist, engine, data, batchSize);
          losses.ours = loss;
          return [ms];
        };
        const peer = async () => {
          const shape = { rows: ROWS, width: WIDTH, hidden: HIDDEN, models: MODELS };
          const found = await python.call('mlp', 'fit', {
            folder,
            epochs: EPOCHS,
            batch: batchSize,
            ...shape,
            ...OPTIONS,
          });
          losses.peer = found.loss;
          return [found.ms];
        };
        const row = await compare({
          what: `mlp fit, ${EPOCHS} epochs, batch ${batchSize}, ${name}`,
          ours,
          peer: torch ? peer : undefined,
          peerName: PEER,
          target: TARGETS[name],
          rounds: ROUNDS,
        });
        rows.push(torch ? withLoss(row, losses) : row);
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A quicker run that learns less does not count: training loss within 5 % of the peer's. */
function withLoss(row, { ours, peer }) {
  const note = `loss ${ours.toFixed(4)}, peer ${peer.toFixed(4)}`;
  return { ...row, reached: row.reached && ours <= peer * 1.05, note };
}

/** The router's own network and loop, every row learned from, none set aside: as the peer does it. */
async function fit(dist, engine, { features, quality }, batchSize) {
  const { fitLoop } = await import(`${dist}/training/fit-loop.js`);
  const { initialParameters } = await import(`${dist}/routers/mlp/initial.js`);
  const { mlpProblem } = await import(`${dist}/routers/mlp/problem.js`);
  const params = { hiddenLayers: HIDDEN, batchNorm: 'none', target: 'scores', loss: 'bce', ensemble: 1, ...OPTIONS };
  const started = performance.now();
  const outputBias = new Float32Array(MODELS);
  const targets = { values: quality, weights: new Float32Array(quality.length).fill(1), outputBias };
  const parameters = initialParameters([WIDTH, ...HIDDEN, MODELS], outputBias, params, 1);
  const problem = mlpProblem({ rows: ROWS, cols: WIDTH, data: features }, targets, params, { parameters, buffers: {} });
  const rows = Int32Array.from({ length: ROWS }, (_, i) => i);
  const { learningRate, weightDecay } = OPTIONS;
  const settings = { seed: 1, epochs: EPOCHS, patience: EPOCHS, batchSize, learningRate, weightDecay };
  const { loss } = await fitLoop(engine, { ...problem, rows, validationRows: new Int32Array() }, settings);
  return { ms: performance.now() - started, loss };
}

/** Unit rows, and soft outcomes that a linear teacher gives them. */
async function teacherData(dist) {
  const { seededRandom } = await import(`${dist}/math/random.js`);
  const { normaliseRows } = await import(`${dist}/math/matrix.js`);
  const random = seededRandom(20240112);
  const normal = (length) => Float32Array.from({ length }, () => random.normal());
  const { data: features } = normaliseRows({ rows: ROWS, cols: WIDTH, data: normal(ROWS * WIDTH) });
  const teacher = normal(WIDTH * MODELS);
  const quality = new Float32Array(ROWS * MODELS);
  for (let i = 0; i < ROWS; i++) {
    for (let m = 0; m < MODELS; m++) {
      let score = random.normal();
      for (let d = 0; d < WIDTH; d++) score += 2 * features[i * WIDTH + d] * teacher[d * MODELS + m];
      quality[i * MODELS + m] = 1 / (1 + Math.exp(-score));
    }
  }
  return { features, quality };
}
