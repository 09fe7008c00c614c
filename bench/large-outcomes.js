// Made-up outcomes of any size, as benchmark writes them: node bench/large-outcomes.js FILE ROWS [MODELS]
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const TASKS = 13;
/** Words of a query; a third of them from its task's own. */
const LEAST_WORDS = 25;
const MOST_WORDS = 60;
const BLOCK = 1000;

/**
 * Every model is a little better than the one before, and much better on its own task; 2 % of the cells are missing.
 * About 2.7 kB a query with 20 models.
 */
export async function writeLargeOutcomes(path, rows, models = 20, seed = 1) {
  const uniform = mulberry(seed);
  const words = wordsOfExample();
  const out = createWriteStream(path);
  let block = '';
  for (let i = 0; i < rows; i++) {
    block += `${JSON.stringify(row(i, models, words, uniform))}\n`;
    if (i % BLOCK !== BLOCK - 1) continue;
    if (!out.write(block)) await once(out, 'drain');
    block = '';
  }
  out.end(block);
  await finished(out);
}

function row(i, models, words, uniform) {
  const task = Math.floor(uniform() * TASKS);
  const length = LEAST_WORDS + Math.floor(uniform() * (MOST_WORDS - LEAST_WORDS + 1));
  const own = Math.floor(words.length / TASKS);
  const query = Array.from({ length }, () =>
    uniform() < 1 / 3 ? words[task * own + Math.floor(uniform() * own)] : words[Math.floor(uniform() * words.length)],
  ).join(' ');
  const inputTokens = Math.ceil(1.4 * length);
  const outcomes = {};
  for (let m = 0; m < models; m++) {
    const missing = uniform() < 0.02;
    const right = uniform() < 0.35 + 0.01 * m + 0.15 * Number(m % TASKS === task);
    const outputTokens = 20 + Math.floor(300 * uniform());
    outcomes[`model-${m}`] = missing
      ? { quality: null, status: 'timeout', attempts: 3 }
      : {
          quality: Number(right),
          status: 'ok',
          latency: Math.round(200 + 50 * m + 1000 * uniform()),
          inputTokens,
          outputTokens,
          cost: ((inputTokens + 4 * outputTokens) * (1 + m)) / 1e7,
          attempts: 1,
        };
  }
  const id = createHash('sha256').update(`${i} ${query}`).digest('hex').slice(0, 16);
  return { id, query, task_name: `task-${task}`, metric: 'exact', ground_truth: words[i % words.length], outcomes };
}

/** Real words, since made-up ones are not what encoders were made for. */
function wordsOfExample() {
  const example = readFileSync(new URL('../data/example/outcomes.jsonl', import.meta.url), 'utf8');
  const queries = example
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).query);
  return [
    ...new Set(
      queries
        .join(' ')
        .toLowerCase()
        .match(/[a-z]{2,12}/g),
    ),
  ];
}

/** A generator of a few lines, so that the file can be made without a build. */
function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, rows, models] = process.argv.slice(2);
  await writeLargeOutcomes(path, Number(rows), models === undefined ? 20 : Number(models));
}
