// Measures gmtrouter on users made by plan: people with planted tastes, people who all want the same, and real judges held out.
//   npm run build && node scripts/simulate-gmtrouter.js [tastes] [null] [votes FOLDER] [--seeds 5] [--params '{"conv":"sage"}']
// FOLDER holds human-votes.jsonl, questions.jsonl and embeddings.minilm.f16.npy.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareTensorFlow } from '../dist/config/environment.js';
import { readNpy } from '../dist/data/npy.js';
import { seededRandom } from '../dist/math/random.js';
import { gmtrouter } from '../dist/routers/gmtrouter/gmtrouter.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '5' },
    params: { type: 'string', default: '{}' },
    engine: { type: 'string', default: 'auto' },
  },
});
prepareTensorFlow();
const params = JSON.parse(values.params);
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const STEPS = [0, 1, 3, 5, 10];

if (positionals.includes('tastes')) await simulated('tastes', (u) => (u % 2 ? 1 : -1));
if (positionals.includes('null')) await simulated('null', () => 1);
if (positionals.includes('votes')) await heldOutJudges(positionals.at(-1));

/** 120 users with 30 votes each on 6 models, chosen by σ(Δ) of b + c·a; 100 users are learned from, 20 are scored. */
async function simulated(name, tasteOf) {
  const b = [1, 0.6, 0.2, -0.2, -0.6, -1];
  const a = [1, -1, 1, -1, 1, -1].map((x) => 1.5 * x);
  const rows = [];
  for (const seed of seeds) {
    const random = seededRandom(seed).fork('votes');
    const strength = (c, m) => b[m] + c * a[m];
    const D = 32;
    const features = { rows: 3600, cols: D, data: Float32Array.from({ length: 3600 * D }, () => random.normal()) };
    const votes = Array.from({ length: 3600 }, (_, query) => {
      const user = Math.floor(query / 30);
      const [first, second] = random.shuffle([0, 1, 2, 3, 4, 5]);
      const difference = strength(tasteOf(user), first) - strength(tasteOf(user), second);
      const won = random.uniform() < 1 / (1 + Math.exp(-difference));
      return { user, order: query % 30, session: query, query, models: [first, second], rating: won ? 1 : -1 };
    });
    const isLearned = ({ user }) => user < 100;
    const data = { features, models: b.map((_, m) => `model ${m}`), votes };
    const results = await judge(
      data,
      votes.filter(isLearned),
      votes.filter((vote) => !isLearned(vote)),
      seed,
    );
    rows.push(results);
    console.log(`${name}, seed ${seed}: ${sentence(results)}`);
  }
  console.log(
    `${name}, mean of ${rows.length}: ${sentence(Object.fromEntries(Object.keys(rows[0]).map((key) => [key, mean(rows.map((row) => row[key]))])))}`,
  );
}

/** Five folds of judges; each judge's questions and turns in order, which is an assumption: the votes bear no time. */
async function heldOutJudges(folder) {
  const lines = (file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const raw = lines('human-votes.jsonl');
  const turns = lines('questions.jsonl').flatMap(({ question_id, turns }) =>
    turns.map((_, t) => `${question_id} ${t + 1}`),
  );
  const vectors = readNpy(readFileSync(join(folder, 'embeddings.minilm.f16.npy')), 'embeddings');
  const features = { rows: vectors.shape[0], cols: vectors.shape[1], data: Float32Array.from(vectors.data) };
  const judges = [...new Set(raw.map(({ judge }) => judge))].sort();
  const models = [...new Set(raw.flatMap(({ model_a, model_b }) => [model_a, model_b]))].sort();
  const votes = raw.map(({ judge, model_a, model_b, question_id, turn, winner }) => ({
    user: judges.indexOf(judge),
    order: question_id * 10 + turn,
    session: question_id,
    query: turns.indexOf(`${question_id} ${turn}`),
    models: [models.indexOf(model_a), models.indexOf(model_b)],
    rating: winner === 'model_a' ? 1 : winner === 'model_b' ? -1 : 0,
  }));
  const folds = seededRandom(1).shuffle(judges.keys());
  const all = [];
  for (let fold = 0; fold < 5; fold++) {
    const out = new Set(folds.filter((_, i) => i % 5 === fold));
    const test = votes.filter(({ user }) => out.has(user));
    const learned = votes.filter(({ user }) => !out.has(user));
    const scored = await predictions({ features, models, votes }, learned, test, fold + 1);
    all.push(...scored);
    console.log(`votes, fold ${fold + 1}: ${sentence(figures(scored))}`);
  }
  console.log(`votes, all folds: ${sentence(figures(all))}`);
}

async function judge(data, learned, test, seed) {
  return figures(await predictions(data, learned, test, seed));
}

/** Each tested vote with the router's difference and the ranking's, and how much past it was given. */
async function predictions({ features, models }, learned, test, seed) {
  const M = models.length;
  const quality = { rows: features.rows, cols: M, data: new Float64Array(features.rows * M).fill(Number.NaN) };
  const interactions = columns(features, learned);
  const table = { models, features, quality, groups: interactions.queryGroups, interactions };
  const context = { seed, training: { engine: values.engine }, onWarning: (sentence) => console.error(sentence) };
  const started = performance.now();
  const fitted = await gmtrouter.fit(table, params, context);
  console.error(`fitted in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const prior = fitted.state().tensors.prior.data;
  const people = test.map((vote) => {
    const past = test.filter(({ user, order }) => user === vote.user && order < vote.order);
    return {
      id: String(vote.user),
      weights: null,
      history: past.length > 0 ? columns(features, past) : null,
      length: past.length,
    };
  });
  const asked = { rows: test.length, cols: features.cols, data: new Float32Array(test.length * features.cols) };
  test.forEach(({ query }, i) => {
    asked.data.set(features.data.subarray(query * features.cols, (query + 1) * features.cols), i * features.cols);
  });
  const scores = await fitted.score({
    features: asked,
    askers: { people, asker: Int32Array.from(people, (_, i) => i) },
  });
  return test.map(({ models: [x, y], rating, user }, i) => ({
    user,
    rating,
    past: people[i].length,
    personal: scores.data[i * M + x] - scores.data[i * M + y],
    ranked: prior[x] - prior[y],
  }));
}

function columns(features, votes) {
  const users = [...new Set(votes.map(({ user }) => user))];
  const cells = votes.flatMap((vote, group) =>
    [0, 1].map((side) => ({ ...vote, group, model: vote.models[side], rating: side ? -vote.rating : vote.rating })),
  );
  const ints = (of) => Int32Array.from(cells, of);
  return {
    features,
    users: users.map(String),
    user: ints(({ user }) => users.indexOf(user)),
    group: ints(({ group }) => group),
    order: Float64Array.from(cells, ({ order }) => order),
    session: ints(({ session }) => session),
    query: ints(({ query }) => query),
    model: ints(({ model }) => model),
    rating: Float64Array.from(cells, ({ rating }) => rating),
    kind: 'votes',
    queryGroups: Int32Array.from({ length: features.rows }, (_, i) => i),
  };
}

function figures(scored) {
  const telling = scored.filter(({ rating }) => rating !== 0);
  const right = (of, which) => mean(of.map((row) => (row[which] === 0 ? 0.5 : row[which] * row.rating > 0 ? 1 : 0)));
  const experienced = telling.filter(({ past }) => past >= 10);
  return {
    accuracy: right(telling, 'personal'),
    ranking: right(telling, 'ranked'),
    'log-loss': mean(scored.map(({ personal, rating }) => logLoss(personal, rating))),
    'log-loss of the ranking': mean(scored.map(({ ranked, rating }) => logLoss(ranked, rating))),
    'from 10 votes on': right(experienced, 'personal'),
    'ranking there': right(experienced, 'ranked'),
    ...Object.fromEntries(
      STEPS.map((n) => [
        `after ${n}`,
        right(
          telling.filter(({ past }) => past === n),
          'personal',
        ),
      ]),
    ),
  };
}

function logLoss(difference, rating) {
  return Math.max(difference, 0) + Math.log1p(Math.exp(-Math.abs(difference))) - ((rating + 1) / 2) * difference;
}

function sentence(results) {
  return Object.entries(results)
    .map(([key, value]) => `${key} ${value.toFixed(3)}`)
    .join(', ');
}

function mean(numbers) {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
