// Measures rankrouter on real votes of people, five folds by question: accuracy, AUC and log-loss against Bradley–Terry and Elo.
//   npm run build && node scripts/measure-rankrouter.js FOLDER [--params '{"lossType":"davidson"}'] [--engine wasm]
// FOLDER holds human-votes.jsonl, questions.jsonl and embeddings.minilm.f16.npy (a row a turn).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareTensorFlow } from '../dist/config/environment.js';
import { readNpy } from '../dist/data/npy.js';
import { pairwiseByCategory, pairwiseMetrics } from '../dist/evaluation/pairwise.js';
import { pairwiseIntervals } from '../dist/evaluation/pairwise-intervals.js';
import { bradleyTerry, winMatrix } from '../dist/math/bradley-terry.js';
import { eloRatings } from '../dist/math/elo.js';
import { seededRandom } from '../dist/math/random.js';
import { rankrouter } from '../dist/routers/rankrouter/rankrouter.js';

const FOLDS = 5;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { params: { type: 'string', default: '{}' }, engine: { type: 'string', default: 'auto' } },
});
if (!positionals[0]) {
  console.error('Name the folder with human-votes.jsonl, questions.jsonl and embeddings.minilm.f16.npy.');
  process.exit(2);
}
prepareTensorFlow();
const { votes, features, models } = readVotes(positionals[0]);
const tested = [];
for (let fold = 0; fold < FOLDS; fold++) tested.push(...(await judgeFold(fold)));
report(tested);

function readVotes(folder) {
  const lines = (file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const raw = lines('human-votes.jsonl');
  const questions = lines('questions.jsonl');
  const rows = questions.flatMap(({ question_id, turns }) => turns.map((_, t) => `${question_id} ${t + 1}`));
  const categoryOf = new Map(questions.map(({ question_id, category }) => [question_id, category ?? 'all']));
  const vectors = readNpy(readFileSync(join(folder, 'embeddings.minilm.f16.npy')), 'embeddings');
  const names = [...new Set(raw.flatMap(({ model_a, model_b }) => [model_a, model_b]))].sort();
  const ids = [...new Set(raw.map(({ question_id }) => question_id))];
  const order = seededRandom(1).shuffle(ids);
  return {
    models: names,
    features: { rows: vectors.shape[0], cols: vectors.shape[1], data: Float32Array.from(vectors.data) },
    votes: raw.map(({ model_a, model_b, question_id, turn, winner }) => ({
      first: names.indexOf(model_a),
      second: names.indexOf(model_b),
      outcome: winner === 'model_a' ? 1 : winner === 'model_b' ? 0 : 0.5,
      weight: 1,
      query: rows.indexOf(`${question_id} ${turn}`),
      question: question_id,
      category: categoryOf.get(question_id),
      fold: order.indexOf(question_id) % FOLDS,
    })),
  };
}

/** Every held-out vote with the differences of all three scorers, each fitted on the other folds. */
async function judgeFold(fold) {
  const learned = votes.filter((vote) => vote.fold !== fold);
  const test = votes.filter((vote) => vote.fold === fold);
  const M = models.length;
  const interactions = columns(learned);
  const quality = { rows: features.rows, cols: M, data: new Float64Array(features.rows * M).fill(Number.NaN) };
  const table = { models, features, quality, groups: interactions.queryGroups, interactions };
  const started = performance.now();
  const context = { seed: fold + 1, training: { engine: values.engine }, onWarning: (text) => console.error(text) };
  const fitted = await rankrouter.fit(table, JSON.parse(values.params), context);
  console.error(`fold ${fold + 1}: fitted in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const { data } = await fitted.score({ features });
  const comparisons = Object.fromEntries(
    ['first', 'second', 'outcome', 'weight'].map((name) => [name, learned.map((vote) => vote[name])]),
  );
  const strengths = bradleyTerry(winMatrix(comparisons, M), 1);
  const elo = eloRatings(comparisons, M).map((rating) => (rating * Math.LN10) / 400);
  return test.map((vote) => ({
    ...vote,
    bradleyTerry: strengths[vote.first] - strengths[vote.second],
    elo: elo[vote.first] - elo[vote.second],
    rankrouter: data[vote.query * M + vote.first] - data[vote.query * M + vote.second],
  }));
}

function columns(learned) {
  const cells = learned.flatMap((vote, group) => [
    { ...vote, group, model: vote.first, rating: 2 * vote.outcome - 1 },
    { ...vote, group, model: vote.second, rating: 1 - 2 * vote.outcome },
  ]);
  const ints = (of) => Int32Array.from(cells, of);
  const groups = new Int32Array(features.rows).fill(-1);
  for (const { query, question } of votes) groups[query] = question;
  return {
    features,
    users: ['everybody'],
    user: new Int32Array(cells.length),
    group: ints(({ group }) => group),
    order: Float64Array.from(cells, ({ group }) => group),
    session: ints(({ question }) => question),
    query: ints(({ query }) => query),
    model: ints(({ model }) => model),
    rating: Float64Array.from(cells, ({ rating }) => rating),
    kind: 'votes',
    queryGroups: groups,
  };
}

function report(rows) {
  const scorers = ['bradleyTerry', 'elo', 'rankrouter'];
  const outcome = rows.map((row) => row.outcome);
  const differences = scorers.map((name) => rows.map((row) => row[name]));
  const intervals = pairwiseIntervals(
    differences,
    outcome,
    rows.map(({ question }) => question),
    { seed: 1 },
  );
  const span = ({ low, high }) => `${low.toFixed(4)} to ${high.toFixed(4)}`;
  scorers.forEach((name, s) => {
    const { accuracy, precision, recall, f1, auc, logLoss, ece, pairs, ties } = pairwiseMetrics({
      difference: differences[s],
      outcome,
    });
    const { interval, lead } = intervals[s];
    console.log(
      `${name}: ${pairs} votes, ${ties} ties; accuracy ${accuracy.toFixed(4)} (${span(interval.accuracy)}), AUC ${auc.toFixed(4)} (${span(interval.auc)}), log-loss ${logLoss.toFixed(4)} (${span(interval.logLoss)}), precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, F1 ${f1.toFixed(4)}, ECE ${ece.toFixed(4)}`,
    );
    if (s > 0)
      console.log(
        `  lead over Bradley–Terry: accuracy ${span(lead.accuracy)}, AUC ${span(lead.auc)}, log-loss ${span(lead.logLoss)}`,
      );
  });
  const categories = rows.map(({ category }) => category);
  const byCategory = scorers.map((_, s) => pairwiseByCategory({ difference: differences[s], outcome }, categories));
  for (const category of [...byCategory[0].keys()].sort()) {
    const figures = scorers.map((name, s) => {
      const { accuracy, auc } = byCategory[s].get(category);
      return `${name} ${accuracy.toFixed(3)}/${auc?.toFixed(3)}`;
    });
    console.log(`${category} (accuracy/AUC): ${figures.join(', ')}`);
  }
}
