// Builds data/example and data/static-encoder from the shared folder beside the repository: `node scripts/build-example.js`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const fusion = join(root, '../shared/data/fusion');
const encoder = join(root, '../shared/models/static');
const example = join(root, 'data/example');
const staticEncoder = join(root, 'data/static-encoder');
mkdirSync(example, { recursive: true });
mkdirSync(staticEncoder, { recursive: true });

const catalogue = JSON.parse(readFileSync(join(fusion, 'models.json'), 'utf8'));
const models = Object.keys(catalogue);
const train = rowsOf('train.jsonl');
const test = rowsOf('test.jsonl').filter((row) => row.in_train === false);

const lines = [...train.map((row) => shortForm(row, 'train')), ...test.map((row) => shortForm(row, 'test'))];
writeFileSync(join(example, 'outcomes.jsonl'), `${lines.join('\n')}\n`);
writeFileSync(join(example, 'models.json'), `${JSON.stringify(catalogue, null, 2)}\n`);
writeFileSync(join(example, 'users.jsonl'), `${Array.from({ length: 9 }, (_, user) => userRow(user)).join('\n')}\n`);
copy(join(fusion, 'LICENSE'), join(example, 'LICENSE'));
for (const file of ['static.safetensors', 'tokenizer.json', 'LICENSE'])
  copy(join(encoder, file), join(staticEncoder, file));
console.log(`${train.length} train rows, ${test.length} test rows, ${models.length} models`);

/** Contents alone: the source's read-only mode stays behind. */
function copy(from, to) {
  writeFileSync(to, readFileSync(from));
}

function rowsOf(file) {
  const lines = readFileSync(join(fusion, file), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** Scores in the catalogue's order of models; a score of 1.0 becomes 1. */
function shortForm(row, split) {
  const scores = Object.fromEntries(models.map((model) => [model, row.scores[model]]));
  if (Object.keys(row.scores).length !== models.length || Object.values(scores).includes(undefined))
    throw new Error(`The models of "${row.query.slice(0, 60)}" are not those of models.json.`);
  const { query, task_name, metric, ground_truth, choices } = row;
  return JSON.stringify({ query, task_name, metric, ground_truth, choices, split, scores });
}

/** Users 0 to 8 put .2, .3 … 1.0 on quality and the rest on cost. */
function userRow(user) {
  const preferences = { quality: (user + 2) / 10, latency: 0, cost: (8 - user) / 10 };
  return JSON.stringify({ user_id: String(user), preferences });
}
