// Measures autorouter on the generated multimodal sample, five seeds: where questions about pictures and questions of text go, with the
// pictures and without, at a threshold of 0.6 on rows that it neither learned from nor was tuned on. Needs dist/.
//   npm run build && node scripts/measure-images.js [SEEDS]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auroc } from '../dist/math/auroc.js';
import { makeSample } from './make-images-sample.js';

const root = join(import.meta.dirname, '..');
const seeds = Array.from({ length: Number(process.argv[2] ?? 5) }, (_, i) => i + 1);
const FIGURES = {
  'image questions to the seeing model': ({ share }) => share(['chart', 'circles', 'digit']),
  'text to the cheap model': ({ share }) => 1 - share(['text']),
  'irrelevant pictures to the cheap model': ({ share }) => 1 - share(['irrelevant']),
  'AUC of the seeing model on digits': ({ digits }) => digits,
  'quality against always seeing': ({ quality, always }) => quality - always,
  'cost against always seeing': ({ cost }) => cost,
};
const results = { 'with pictures': [], 'pictures removed': [] };
for (const seed of seeds) {
  const folder = mkdtempSync(join(tmpdir(), 'vsr-images-'));
  try {
    const rows = await makeSample(folder, seed);
    results['with pictures'].push(judged(folder, 'outcomes.jsonl', rows, seed));
    const blind = rows.map(({ images: _, ...row }) => row);
    writeFileSync(join(folder, 'texts.jsonl'), lines(blind));
    results['pictures removed'].push(judged(folder, 'texts.jsonl', blind, seed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
for (const [name, figure] of Object.entries(FIGURES)) {
  const cells = Object.entries(results).map(([way, runs]) => {
    const values = runs.map(figure);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return `${way} ${mean.toFixed(3)} (${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)})`;
  });
  console.log(`${name}: ${cells.join('; ')}`);
}

function judged(folder, data, rows, seed) {
  const vsr = (...args) =>
    execFileSync(process.execPath, [join(root, 'bin/vsr.js'), ...args, '--quiet', '--no-progress'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 2],
    });
  vsr(
    'train',
    '--data-file',
    data,
    '--router',
    'autorouter',
    '--embedding-path',
    'clip',
    '--folds',
    '0',
    '--leak-check',
    'warn',
    '--output-dir',
    `artifacts-${data}`,
    '--set',
    `seed=${seed}`,
  );
  const test = rows.filter(({ split }) => split === 'test');
  writeFileSync(join(folder, 'test.jsonl'), lines(test.map(({ outcomes: _, split: __, ...query }) => query)));
  const decisions = vsr(
    'infer',
    '--artifacts',
    `artifacts-${data}`,
    '--input',
    'test.jsonl',
    '--json',
    '--router',
    'autorouter',
    '--threshold',
    'seeing=0.6',
    '--threshold',
    'blind=0.6',
  )
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const share = (kinds) => {
    const asked = test.flatMap(({ task_name }, i) => (kinds.includes(task_name) ? [decisions[i].model] : []));
    return asked.filter((model) => model === 'seeing').length / asked.length;
  };
  const mean = (of) => test.reduce((sum, row, i) => sum + of(row, decisions[i].model), 0) / test.length;
  const digits = test.flatMap((row, i) => {
    if (!row.task_name.endsWith('digit')) return [];
    return [
      { score: decisions[i].ranking.find(({ model }) => model === 'seeing').score, clean: row.task_name === 'digit' },
    ];
  });
  return {
    share,
    digits: auroc(
      digits.map(({ score }) => score),
      digits.map(({ clean }) => Number(clean)),
    ),
    quality: mean(({ outcomes }, model) => outcomes[model].quality),
    always: mean(({ outcomes }) => outcomes.seeing.quality),
    cost: mean(({ outcomes }, model) => outcomes[model].cost),
  };
}

function lines(rows) {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
