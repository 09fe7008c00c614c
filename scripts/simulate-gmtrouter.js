// Measures gmtrouter on users made by plan: people with planted tastes, people who all want the same, and real judges held out,
// with or without their questions.
//   npm run build && node scripts/simulate-gmtrouter.js [tastes] [null] [judges FOLDER | both FOLDER] [--seeds 5] [--past votes|alone] [--params '{"conv":"sage"}']
// --past alone: new people did not choose between two before, but rated one answer at a time, some sterner than others.
// FOLDER holds human-votes.jsonl, questions.jsonl and embeddings.minilm.f16.npy.
import { parseArgs } from 'node:util';
import { prepareTensorFlow } from '../dist/config/environment.js';
import { seededRandom } from '../dist/math/random.js';
import { seededResamples } from '../dist/math/resample.js';
import { percentile } from '../dist/math/stats.js';
import { gmtrouter } from '../dist/routers/gmtrouter/gmtrouter.js';
import { columns, readVotes, votesTable } from './shared-data.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '5' },
    params: { type: 'string', default: '{}' },
    past: { type: 'string', default: 'votes' },
    engine: { type: 'string', default: 'auto' },
  },
});
prepareTensorFlow();
const params = JSON.parse(values.params);
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const STEPS = [0, 1, 3, 5, 10];
const FOLDS = 5;
const RESAMPLES = 10_000;

if (positionals.includes('tastes')) await simulated('tastes', (u) => (u % 2 ? 1 : -1));
if (positionals.includes('null')) await simulated('null', () => 1);
if (positionals.includes('judges')) await heldOut(positionals.at(-1), 1);
if (positionals.includes('both')) await heldOut(positionals.at(-1), FOLDS);

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
    const severity = Array.from({ length: 120 }, () => 0.3 * random.normal());
    const stars = ({ user, models: [first] }) =>
      strength(tasteOf(user), first) / 2.5 - severity[user] + 0.4 * random.normal();
    const alone = (vote) => ({ ...vote, models: [vote.models[0]], rating: Math.min(1, Math.max(-1, stars(vote))) });
    const isLearned = ({ user }) => user < 100;
    const data = { features, models: b.map((_, m) => `model ${m}`), votes };
    const fresh = votes.filter((vote) => !isLearned(vote));
    const pasts = values.past === 'alone' ? fresh.map(alone) : fresh;
    const results = figures(await predictions(data, votes.filter(isLearned), fresh, seed, pasts));
    rows.push(results);
    console.log(`${name}, seed ${seed}: ${sentence(results)}`);
  }
  console.log(
    `${name}, mean of ${rows.length}: ${sentence(Object.fromEntries(Object.keys(rows[0]).map((key) => [key, mean(rows.map((row) => row[key]))])))}`,
  );
}

/**
 * Five folds of judges, and of questions where `questionFolds` is not 1: a vote is foretold from other judges on other questions,
 * and from what its own judge said strictly earlier. Questions count in their order, which is an assumption: the votes bear no time.
 */
async function heldOut(folder, questionFolds) {
  const { features, models, votes: raw } = readVotes(folder);
  const judges = [...new Set(raw.map(({ judge }) => judge))].sort();
  const questions = [...new Set(raw.map(({ question }) => question))].sort((a, b) => a - b);
  const votes = raw.map((vote) => ({
    ...vote,
    user: judges.indexOf(vote.judge),
    order: vote.question * 10 + vote.turn,
    session: vote.question,
  }));
  const dealt = (items, folds, name) => {
    const order = seededRandom(1).fork(name).shuffle(items);
    return new Map(order.map((item, i) => [item, i % folds]));
  };
  const judgeFold = dealt(judges.keys(), FOLDS, 'judges');
  const questionFold = dealt(questions, questionFolds, 'questions');
  const name = questionFolds === 1 ? 'judges held out' : 'judges and questions held out';
  const all = [];
  for (let f = 0; f < FOLDS; f++) {
    for (let q = 0; q < questionFolds; q++) {
      const open = ({ user, question }) =>
        judgeFold.get(user) !== f && (questionFolds === 1 || questionFold.get(question) !== q);
      const held = ({ user, question }) => judgeFold.get(user) === f && questionFold.get(question) === q;
      const pasts = votes.filter(({ user }) => judgeFold.get(user) === f);
      const data = { features, models };
      all.push(...(await predictions(data, votes.filter(open), votes.filter(held), f * questionFolds + q + 1, pasts)));
    }
    console.log(`${name}, fold ${f + 1}: ${sentence(figures(all.filter(({ user }) => judgeFold.get(user) === f)))}`);
  }
  console.log(`${name}, all ${all.length} votes: ${sentence(figures(all))}`);
  console.log(`  accuracy minus that of the ranking, judges drawn anew: ${lead(all)}`);
}

/** The difference on votes that are no ties, with its 95 % interval: users drawn with replacement. */
function lead(scored) {
  const telling = scored.filter(({ rating }) => rating !== 0);
  const users = [...new Set(telling.map(({ user }) => user))];
  const hit = (value, rating) => (value === 0 ? 0.5 : value * rating > 0 ? 1 : 0);
  const sums = users.map((user) => {
    const own = telling.filter((row) => row.user === user);
    const gain = own.reduce(
      (sum, { personal, ranked, rating }) => sum + hit(personal, rating) - hit(ranked, rating),
      0,
    );
    return { gain, count: own.length };
  });
  const over = (weight) =>
    sums.reduce((sum, { gain }, u) => sum + weight(u) * gain, 0) /
    sums.reduce((sum, { count }, u) => sum + weight(u) * count, 0);
  const draws = new Float64Array(users.length);
  const draw = seededResamples(1, users.length);
  const leads = Array.from({ length: RESAMPLES }, () => {
    draw(draws);
    return over((u) => draws[u]);
  });
  const points = (share) => (100 * share).toFixed(2);
  return `${points(over(() => 1))} points [${points(percentile(leads, 2.5))}, ${points(percentile(leads, 97.5))}]`;
}

/**
 * Each tested vote with the router's difference, the one it has for nobody and the ranking's, and how much past it was given.
 * @param pasts all votes of the tested users
 */
async function predictions({ features, models }, learned, test, seed, pasts) {
  const M = models.length;
  const table = votesTable({ features, models }, columns(features, learned));
  const context = { seed, training: { engine: values.engine }, onWarning: (sentence) => console.error(sentence) };
  const started = performance.now();
  const fitted = await gmtrouter.fit(table, params, context);
  console.error(`fitted in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const prior = fitted.state().tensors.prior.data;
  const people = test.map((vote) => {
    const past = pasts.filter(({ user, order }) => user === vote.user && order < vote.order);
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
  const anybody = await fitted.score({ features: asked });
  people.forEach(({ history }, i) => {
    const same = (m) => scores.data[i * M + m] === anybody.data[i * M + m];
    if (history === null && !models.every((_, m) => same(m))) throw new Error(`vote ${i}: no past, but other scores`);
  });
  return test.map(({ models: [x, y], rating, user }, i) => ({
    user,
    rating,
    past: people[i].length,
    personal: scores.data[i * M + x] - scores.data[i * M + y],
    ranked: prior[x] - prior[y],
  }));
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
