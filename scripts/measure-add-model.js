// How well a model joins by --add-model: held out of the bundled example, it comes back with a few of its outcomes, and the routers
// are judged on test queries beside those that never knew it and those fitted anew on all of its outcomes. Needs dist/.
// usage: node scripts/measure-add-model.js [MODEL] [OUTCOMES]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../dist/math/random.js';

const ROUTERS = ['knn', 'kmeans', 'mf'];
const root = join(import.meta.dirname, '..');
const rows = readFileSync(join(root, 'data/example/outcomes.jsonl'), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const [newcomer = 'llama-3.3-nemotron-super-49b-v1', outcomes = '50'] = process.argv.slice(2);
const cellsOf = (row) =>
  row.outcomes ?? Object.fromEntries(Object.entries(row.scores).map(([m, quality]) => [m, { quality }]));
const models = Object.keys(cellsOf(rows[0]));
if (!models.includes(newcomer)) throw new Error(`the example has no ${newcomer}; it has ${models.join(', ')}`);

const order = seededRandom(1).shuffle(rows.map((_, i) => i));
const held = new Set(order.slice(0, Math.round(0.2 * rows.length)));
const split = (i) => (held.has(i) ? 'test' : i % 9 === 0 ? 'validation' : 'train');
const few = new Set(order.filter((i) => split(i) === 'train').slice(0, Number(outcomes)));
const only = (row, keep) => Object.fromEntries(Object.entries(cellsOf(row)).filter(([model]) => keep(model)));
const folder = mkdtempSync(join(tmpdir(), 'vsr-add-model-'));
const write = (name, list) => writeFileSync(join(folder, name), list.map((row) => `${JSON.stringify(row)}\n`).join(''));
const vsr = (...args) =>
  execFileSync(process.execPath, [join(root, 'bin/vsr.js'), ...args, '--no-progress'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 2],
  });

try {
  const withSplit = rows.map(({ scores: _scores, ...row }, i) => ({
    ...row,
    outcomes: cellsOf(rows[i]),
    split: split(i),
  }));
  write('all.jsonl', withSplit);
  write(
    'before.jsonl',
    withSplit.map((row) => ({ ...row, outcomes: only(row, (model) => model !== newcomer) })),
  );
  write(
    'few.jsonl',
    withSplit.flatMap((row, i) => (few.has(i) ? [{ ...row, outcomes: only(row, (model) => model === newcomer) }] : [])),
  );
  write(
    'test.jsonl',
    withSplit.filter((_, i) => held.has(i)).map(({ outcomes: _cells, split: _split, ...query }) => query),
  );
  const settings = ['--leak-check', 'warn', '--folds', '0', '--quality-weight', '1', '--quiet'];
  vsr('train', '--data-file', 'before.jsonl', '--router', ROUTERS.join(','), ...settings, '--output-dir', 'before');
  vsr(
    'train',
    '--add-model',
    newcomer,
    '--data-file',
    'few.jsonl',
    '--artifacts',
    'before',
    '--output-dir',
    'joined',
    '--quiet',
  );
  vsr('train', '--data-file', 'all.jsonl', '--router', ROUTERS.join(','), ...settings, '--output-dir', 'anew');
  const test = withSplit.filter((_, i) => held.has(i));
  process.stdout.write(
    `${newcomer}, ${few.size} outcomes, ${test.length} test queries: mean quality (share sent to it)\n`,
  );
  for (const router of ROUTERS) {
    const figures = ['before', 'joined', 'anew'].map((artifact) => `${artifact} ${judged(artifact, router, test)}`);
    process.stdout.write(`${router.padEnd(7)} ${figures.join('   ')}\n`);
  }
  const singles = models.map((model) => [model, mean(test.map((row) => row.outcomes[model]?.quality ?? Number.NaN))]);
  const [best, quality] = singles.sort((a, b) => b[1] - a[1])[0];
  process.stdout.write(
    `best single ${quality.toFixed(4)} (${best}); ${newcomer} ${singles.find(([m]) => m === newcomer)[1].toFixed(4)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function judged(artifact, router, test) {
  vsr(
    'infer',
    '--input',
    'test.jsonl',
    '--artifacts',
    artifact,
    '--router',
    router,
    '--output',
    'decisions.jsonl',
    '--quiet',
  );
  const chosen = readFileSync(join(folder, 'decisions.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).model);
  const quality = mean(test.map((row, i) => row.outcomes[chosen[i]]?.quality ?? Number.NaN));
  const share = chosen.filter((model) => model === newcomer).length / chosen.length;
  return `${quality.toFixed(4)} (${(100 * share).toFixed(0)} %)`;
}

/** Over what is known. */
function mean(values) {
  const known = values.filter((value) => Number.isFinite(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
