// Measures training both personal routers on the bundled example with 65 made-up people who vote about its answers.
//   npm run build && node scripts/measure-people-training.js FOLDER [--engine native]
// FOLDER is made: votes.jsonl (52 votes a person: the better of two answers, with what that person likes of each model on top) and artifacts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareTensorFlow } from '../dist/config/environment.js';
import { loadConfig } from '../dist/config/load.js';
import { bundledFile } from '../dist/data/bundled.js';
import { readOutcomes } from '../dist/data/read-outcomes.js';
import { seededRandom } from '../dist/math/random.js';
import { train } from '../dist/pipelines/train.js';

const PEOPLE = 65;
const VOTES = 52;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { engine: { type: 'string', default: 'auto' } },
});
const [folder] = positionals;
if (!folder) {
  console.error('Name a folder that may be made and filled.');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const outcomes = bundledFile('example/outcomes.jsonl');
const { rows, models } = await readOutcomes(outcomes, { scale: 1 });
const random = seededRandom(1);
const likings = Array.from({ length: PEOPLE }, () => models.map(() => random.uniform()));
const votes = Array.from({ length: PEOPLE * VOTES }, (_, i) => {
  const person = i % PEOPLE;
  const row = rows[random.int(rows.length)];
  const a = random.int(models.length);
  const b = (a + 1 + random.int(models.length - 1)) % models.length;
  const worth = (model) => row.outcomes[models[model]].quality + likings[person][model];
  const gap = worth(a) - worth(b);
  const winner = gap === 0 ? 'tie' : gap > 0 ? 'model_a' : 'model_b';
  const query = row.query.query;
  return { user_id: `person ${person}`, query, model_a: models[a], model_b: models[b], winner, tstamp: i };
});
const path = join(folder, 'votes.jsonl');
writeFileSync(path, votes.map((vote) => `${JSON.stringify(vote)}\n`).join(''));
prepareTensorFlow();
for (const router of ['gmtrouter', 'personalizedrouter']) {
  const { config } = await loadConfig({
    sets: Object.entries({
      'data.votes': path,
      'data.outcomes': outcomes,
      'train.router': [router],
      'train.engine': values.engine,
      'train.output_dir': join(folder, router),
    }).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  });
  const [started, before] = [performance.now(), process.cpuUsage()];
  await train(config, { onNotice: console.error, onWarning: console.error });
  const { user, system } = process.cpuUsage(before);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${router}: ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of processor time`);
}
