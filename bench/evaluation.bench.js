// The whole judgement of 1,000,000 queries × 20 models: every metric, 10,000 resamples, in a process of its own so that its memory shows.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROWS = 1_000_000;
const MODELS = 20;
const RESAMPLES = 10_000;
const TARGET_SECONDS = 60;
const TARGET_BYTES = 2e9;

export default async function measure({ dist, notice }) {
  const { seconds, bytes } = JSON.parse(
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), dist, ROWS, MODELS, RESAMPLES].map(String), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const reached = seconds < TARGET_SECONDS && bytes < TARGET_BYTES;
  notice(
    `evaluation of ${ROWS.toLocaleString('en-US')} × ${MODELS}, ${RESAMPLES.toLocaleString('en-US')} resamples: ${seconds.toFixed(1)} s, ${(bytes / 1e9).toFixed(2)} GB at most (targets ${TARGET_SECONDS} s, ${TARGET_BYTES / 1e9} GB)`,
  );
  return [
    {
      what: `evaluation, 1,000,000 × ${MODELS}, 10,000 resamples`,
      oursMs: 1000 * seconds,
      peer: `the target of ${TARGET_SECONDS} s and 2 GB`,
      peerMs: null,
      ratio: null,
      target: null,
      reached,
    },
  ];
}

/** Five folds, so that every row learns and is judged; 13 tasks, one router with scores, one group a query. */
async function judgeOnce(dist, rows, models, resamples) {
  const { evaluateRouters } = await import(`${dist}/evaluation/evaluate-routers.js`);
  const { seededRandom, bitSource } = await import(`${dist}/math/random.js`);
  const bits = bitSource(seededRandom(1));
  const uniform = () => bits() / 2 ** 32;
  const table = (n) => {
    const column = (cellOf) => {
      const data = new Float64Array(n * models);
      for (let i = 0; i < n; i++) for (let m = 0; m < models; m++) data[i * models + m] = cellOf(i, m);
      return { rows: n, cols: models, data };
    };
    const unknown = { rows: n, cols: models, data: new Float64Array(0) };
    return {
      models: Array.from({ length: models }, (_, m) => `model-${m}`),
      queries: Array.from({ length: n }, (_, i) => ({
        id: String(i),
        query: '',
        taskName: `task-${i % 13}`,
        category: null,
      })),
      quality: column((i, m) =>
        uniform() < 0.02 ? Number.NaN : Number(uniform() < 0.4 + 0.01 * m + 0.02 * ((i + m) % 13 === 0)),
      ),
      latency: column((_, m) => 200 + 50 * m + 100 * uniform()),
      cost: column((_, m) => 0.0001 * (1 + m) * (0.5 + uniform())),
      inputTokens: unknown,
      outputTokens: unknown,
    };
  };
  const test = table(rows);
  const expected = { rows, cols: models, data: new Float32Array(rows * models).map(() => uniform()) };
  const costs = {
    rows,
    cols: models,
    data: new Float64Array(rows * models).map((_, at) => 0.0001 * (1 + (at % models))),
  };
  const choices = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let m = 1; m < models; m++) {
      if (expected.data[i * models + m] > expected.data[i * models + choices[i]]) choices[i] = m;
    }
  }
  const started = performance.now();
  const report = evaluateRouters({
    test,
    folds: Int32Array.from({ length: rows }, (_, i) => (i * 7) % 5),
    testGroups: Int32Array.from({ length: rows }, (_, i) => i),
    objective: { quality: 0.9, latency: 0.05, cost: 0.05, latencyScaleMs: 10_000, costScale: 0.001 },
    routers: [{ name: 'router', choices, chosenOnValidation: true, scores: { expected, costs, areQualities: true } }],
    options: { minGain: 0.01, bootstrap: resamples, confidence: 0.95, seed: 42 },
  });
  if (report.verdict.n === 0) throw new Error('nothing was judged');
  const seconds = (performance.now() - started) / 1000;
  // maxRSS counts the made-up tables too, as it would those that analyze reads
  return { seconds, bytes: process.resourceUsage().maxRSS * 1024 };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [dist, ...numbers] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await judgeOnce(dist, ...numbers.map(Number))));
}
