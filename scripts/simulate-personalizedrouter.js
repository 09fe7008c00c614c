// Measures personalizedrouter on users made by plan over real outcomes of nine models: nine who trade quality against cost, and
// people with planted tastes, of whom others than those learned from are scored.
//   npm run build && node scripts/simulate-personalizedrouter.js FOLDER [weights|likes|topics|none …] [--seeds 5] [--past rows|votes|alone] [--learned raters|declared] [--params '{"neighbours":0}']
// --past says how the new people were heard: they rated all models of 20 queries (rows), chose between two (votes), or rated one
// answer (alone), some sterner than others. --learned declared: the fit knew nobody's ratings, only nine declared preferences.
// FOLDER holds train.jsonl, test.jsonl, models.json and embeddings.minilm.f16.npy.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../dist/math/random.js';
import { percentile } from '../dist/math/stats.js';
import { componentsOf } from '../dist/routers/personalizedrouter/components.js';
import { neighbourEstimates } from '../dist/routers/personalizedrouter/neighbour-estimates.js';
import { personalizedRouter } from '../dist/routers/personalizedrouter/personalizedrouter.js';
import { queryPool } from '../dist/routers/personalizedrouter/query-pool.js';
import { simulatedUsers } from '../dist/routers/personalizedrouter/simulated-users.js';
import { openEngine } from '../dist/training/engine.js';
import { readLines, readVectors } from './shared-data.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '5' },
    from: { type: 'string', default: '1' },
    past: { type: 'string', default: 'rows' },
    learned: { type: 'string', default: 'raters' },
    params: { type: 'string', default: '{}' },
    engine: { type: 'string', default: 'auto' },
  },
});
const [folder, ...cases] = positionals;
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i);
const params = JSON.parse(values.params);
const OUTPUT_TOKENS = 512;
const D = 384;

const catalogue = JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8'));
const train = readLines(folder, 'train.jsonl');
const tested = readLines(folder, 'test.jsonl').map((row, i) => ({ ...row, at: train.length + i }));
const clean = tested.filter((row) => !row.in_train);
const models = Object.keys(train[0].scores);
const M = models.length;
const tasks = [...new Set(train.map((row) => row.task_name))].sort();
const vectors = readVectors(folder).data;
const features = { rows: train.length, cols: D, data: vectors.slice(0, train.length * D) };
const fresh = { rows: clean.length, cols: D, data: new Float32Array(clean.length * D) };
for (const [i, { at }] of clean.entries()) fresh.data.set(vectors.subarray(at * D, (at + 1) * D), i * D);
const quality = {
  rows: train.length,
  cols: M,
  data: Float64Array.from(train.flatMap((row) => models.map((m) => row.scores[m]))),
};
const numbers = new Map();
const groups = Int32Array.from(train, ({ query }) => {
  if (!numbers.has(query)) numbers.set(query, numbers.size);
  return numbers.get(query);
});
const taskTable = { names: tasks, of: Int32Array.from(train, (row) => tasks.indexOf(row.task_name)) };
const base = { models, features, quality, groups, tasks: taskTable };
const costOf = ({ query }, m) =>
  (Math.ceil(query.length / 4) * catalogue[models[m]].input_price + OUTPUT_TOKENS * catalogue[models[m]].output_price) /
  1e6;

const mean = (numbers_) => numbers_.reduce((a, b) => a + b, 0) / numbers_.length;
const best = (row) => row.indexOf(Math.max(...row));
const rowAt = (scores, q) => Array.from(scores.data.subarray(q * M, (q + 1) * M));
const digits = (x) => x.toFixed(4);
const range = (found) => `${digits(Math.min(...found))} – ${digits(Math.max(...found))} (mean ${digits(mean(found))})`;

/** What is known of rows in which all models were rated. */
const heard = {
  rows: (rated) => rated,
  votes: (rated, random) => {
    const two = keptRows(rated, 2, random);
    const other = (row) => (row % 2 === 0 ? row + 1 : row - 1);
    const rating = two.rating.map((value, row) => Math.sign(value - two.rating[other(row)]));
    return { ...two, rating, kind: 'votes' };
  },
  alone: (rated, random) => keptRows(rated, 1, random),
};

const RUNS = {
  weights: weighingUsers,
  likes: () => planted('likes'),
  topics: () => planted('topics'),
  none: () => planted('none'),
};
for (const name of cases.length > 0 ? cases : Object.keys(RUNS)) await RUNS[name]();

async function fitted(table, seed) {
  const warnings = [];
  const started = Date.now();
  let epochs = 0;
  const onProgress = ({ step }) => {
    epochs = step;
  };
  const context = {
    seed,
    onWarning: (sentence) => warnings.push(sentence),
    onProgress,
    training: { engine: values.engine },
  };
  const router = await personalizedRouter.fit(table, params, context);
  const strength = router.state().tensors['weights.taste.strength'].data[0];
  const said = `${epochs} epochs, ${((Date.now() - started) / 1000).toFixed(0)} s, rho ${strength.toFixed(2)}, kappa ${router.state().json.likingShrinkage.toFixed(1)}`;
  return { router, said, warnings };
}

/** Every query asked by every person: [people·Q × M]. */
async function scoresOf(router, people) {
  const out = [];
  for (const person of people) {
    const askers = { people: [person], asker: new Int32Array(fresh.rows) };
    out.push(await router.score({ features: fresh, askers, taskNames: clean.map((row) => row.task_name) }));
  }
  return out;
}

async function weighingUsers() {
  console.log(`\nNine users who weigh quality against cost, ${clean.length} queries`);
  const people = simulatedUsers();
  const costs = costTable();
  const top = percentile(costs.data, 99);
  const scaled = (cost) => Math.min(1, cost / top);
  const reward = ({ weights }, row, m) =>
    weights.quality * row.scores[models[m]] - weights.cost * scaled(costOf(row, m));
  const table = { ...base, cost: costs, people };
  const average = (choose) =>
    mean(people.map((person, u) => mean(clean.map((row, q) => reward(person, row, choose(u, q))))));
  const single = people.map((person) => best(models.map((_, m) => mean(train.map((row) => reward(person, row, m))))));
  const oracle = people.map((person) => clean.map((row) => best(models.map((_, m) => reward(person, row, m)))));
  const analytic = await analyticEstimates(table);
  console.log(`  scale of cost          ${top.toExponential(2)}`);
  console.log(`  best single, per user  ${digits(average((u) => single[u]))}`);
  console.log(
    `  neighbours × weights   ${digits(average((u, q) => best(analytic(q).map(([quality_, cost]) => people[u].weights.quality * quality_ - people[u].weights.cost * cost))))}`,
  );
  console.log(`  oracle                 ${digits(average((u, q) => oracle[u][q]))}`);
  const found = [];
  for (const seed of seeds) {
    const { router, said } = await fitted(table, seed);
    const scores = await scoresOf(router, people);
    const chosen = scores.map((matrix) => clean.map((_, q) => best(rowAt(matrix, q))));
    const rewards = people.map((person, u) => mean(clean.map((row, q) => reward(person, row, chosen[u][q]))));
    const lost = people.filter((person, u) => rewards[u] < mean(clean.map((row) => reward(person, row, single[u]))));
    const differ = mean(chosen[0].map((model, q) => (model === chosen[8][q] ? 0 : 1)));
    found.push(mean(rewards));
    console.log(
      `  personalizedrouter     ${digits(mean(rewards))}  seed ${seed}; users 0 and 8 differ on ${(100 * differ).toFixed(0)} %; below their best single: ${lost.length ? lost.map(({ id }) => id).join(', ') : 'nobody'}; ${said}`,
    );
  }
  console.log(`  personalizedrouter     ${range(found)}`);
}

function costTable() {
  const data = Float64Array.from(train.flatMap((row) => models.map((_, m) => costOf(row, m))));
  return { rows: train.length, cols: M, data };
}

/** Quality and cost of a test query by its nearest training queries alone: [M] of [quality, cost]. */
async function analyticEstimates(table) {
  const { tf } = await openEngine({ engine: values.engine });
  const ratings = { features: fresh, queryGroups: Int32Array.from(clean, (_, i) => i) };
  const pool = queryPool({ ...table, interactions: ratings });
  const components = componentsOf(table, 'auto');
  const estimates = neighbourEstimates(tf, pool, components, 75).values;
  return (q) => models.map((_, m) => estimates.map((values_) => values_[pool.rated[q] * M + m]));
}

async function planted(kind) {
  const sizes = { learned: 110, fresh: 30, rated: 40, shown: 20 };
  const declared = values.learned === 'declared';
  const from = declared ? 'nine declared preferences' : `${sizes.learned} users with ${sizes.rated} rated queries`;
  console.log(
    `\nPlanted tastes: ${kind}; ${from} to learn from, ${sizes.fresh} new users with ${sizes.shown} ${values.past}`,
  );
  const found = [];
  for (const seed of seeds) {
    const random = seededRandom(seed).fork(`planted ${kind}`);
    const sign = (index) => (index % 2 === 0 ? 1 : -1);
    const liking = (user, row, m) => {
      if (kind === 'none') return 0;
      return 0.2 * sign(user) * sign(m) * (kind === 'topics' ? sign(tasks.indexOf(row.task_name)) : 1);
    };
    const worth = (user, row, m) => 0.25 + 0.5 * row.scores[models[m]] + liking(user, row, m);
    const rate = (user, row, m) => Math.min(1, Math.max(0, worth(user, row, m) + 0.05 * random.normal()));
    const severity = Array.from({ length: sizes.learned + sizes.fresh }, () =>
      values.past === 'alone' ? 0.1 * random.normal() : 0,
    );
    const sternly = (user, row, m) => Math.min(1, Math.max(0, rate(user, row, m) - severity[user]));
    const users = Array.from({ length: sizes.learned }, (_, u) => u);
    const learned = declared
      ? { cost: costTable(), people: simulatedUsers() }
      : { interactions: ratingsOf(users, sizes.rated, rate, random) };
    const weights = declared ? { quality: 1, cost: 0, latency: 0 } : null;
    const { router, said } = await fitted({ ...base, ...learned }, seed);
    const newcomers = Array.from({ length: sizes.fresh }, (_, i) => sizes.learned + i);
    const people = newcomers.map((user) => ({
      id: String(user),
      weights,
      history: heard[values.past](ratingsOf([user], sizes.shown, sternly, random), random),
    }));
    const scores = await scoresOf(router, people);
    const nobody = await scoresOf(router, [{ id: 'nobody', weights, history: null }]);
    const earned = (choose) =>
      mean(newcomers.map((user, i) => mean(clean.map((row, q) => worth(user, row, choose(i, q, user, row))))));
    const ours = earned((i, q) => best(rowAt(scores[i], q)));
    const none = earned((_, q) => best(rowAt(nobody[0], q)));
    const known = earned((_, q, user, row) => {
      const expected = rowAt(nobody[0], q);
      return best(expected.map((value, m) => 0.5 * value + liking(user, row, m)));
    });
    found.push(ours);
    console.log(
      `  seed ${seed}: without the user ${digits(none)}, ours ${digits(ours)}, taste known ${digits(known)}; ${said}`,
    );
  }
  console.log(`  ours ${range(found)}`);
}

/** `count` random models of each group. */
function keptRows(rated, count, random) {
  const kept = Array.from({ length: rated.rating.length / M }, (_, g) =>
    random
      .shuffle(models.keys())
      .slice(0, count)
      .map((m) => g * M + m),
  ).flat();
  const columns = ['user', 'group', 'order', 'session', 'query', 'model', 'rating'];
  const part = (column) => column.constructor.from(kept, (row) => column[row]);
  return { ...rated, ...Object.fromEntries(columns.map((name) => [name, part(rated[name])])) };
}

/** Each user rates all models on `count` training queries. */
function ratingsOf(users, count, rate, random) {
  const columns = { user: [], group: [], query: [], model: [], rating: [] };
  let group = 0;
  users.forEach((id, user) => {
    for (const row of random.shuffle(train.keys()).slice(0, count)) {
      models.forEach((_, m) => {
        columns.user.push(user);
        columns.group.push(group);
        columns.query.push(row);
        columns.model.push(m);
        columns.rating.push(2 * rate(id, train[row], m) - 1);
      });
      group++;
    }
  });
  const whole = (name) => Int32Array.from(columns[name]);
  return {
    features,
    users: users.map(String),
    user: whole('user'),
    group: whole('group'),
    order: Float64Array.from(columns.group),
    session: whole('group'),
    query: whole('query'),
    model: whole('model'),
    rating: Float64Array.from(columns.rating),
    kind: 'ratings',
    queryGroups: groups,
    queryTask: taskTable.of,
  };
}
