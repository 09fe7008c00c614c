// Measures rankrouter on real votes of people, five folds by question: accuracy, precision, recall, F1, AUC and log-loss against
// Bradley–Terry and Elo, over all and per category, with intervals by question.
//   npm run build && node scripts/measure-rankrouter.js FOLDER [--params '{"lossType":"davidson"}'] [--engine wasm]
// FOLDER holds human-votes.jsonl, questions.jsonl and embeddings.minilm.f16.npy (a row a turn).
import { parseArgs } from 'node:util';
import { prepareTensorFlow } from '../dist/config/environment.js';
import { pairwiseByCategory, pairwiseMetrics } from '../dist/evaluation/pairwise.js';
import { pairwiseIntervals } from '../dist/evaluation/pairwise-intervals.js';
import { bradleyTerry, winMatrix } from '../dist/math/bradley-terry.js';
import { eloRatings } from '../dist/math/elo.js';
import { seededRandom } from '../dist/math/random.js';
import { rankrouter } from '../dist/routers/rankrouter/rankrouter.js';
import { columns, readVotes, votesTable } from './shared-data.js';

const FOLDS = 5;
const SHOWN = ['accuracy', 'precision', 'recall', 'f1', 'auc', 'logLoss'];
const LABELS = { f1: 'F1', auc: 'AUC', logLoss: 'log-loss' };
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { params: { type: 'string', default: '{}' }, engine: { type: 'string', default: 'auto' } },
});
if (!positionals[0]) {
  console.error('Name the folder with human-votes.jsonl, questions.jsonl and embeddings.minilm.f16.npy.');
  process.exit(2);
}
prepareTensorFlow();
const { votes, features, models } = foldedVotes(positionals[0]);
const questionOfRow = new Int32Array(features.rows).fill(-1);
for (const { query, question } of votes) questionOfRow[query] = question;
const tested = [];
for (let fold = 0; fold < FOLDS; fold++) tested.push(...(await judgeFold(fold)));
report(tested);

function foldedVotes(folder) {
  const read = readVotes(folder);
  const order = seededRandom(1).shuffle([...new Set(read.votes.map(({ question }) => question))]);
  return {
    ...read,
    votes: read.votes.map((vote, i) => ({
      ...vote,
      user: 'everybody',
      order: i,
      session: vote.question,
      first: vote.models[0],
      second: vote.models[1],
      outcome: (vote.rating + 1) / 2,
      weight: 1,
      fold: order.indexOf(vote.question) % FOLDS,
    })),
  };
}

/** Every held-out vote with the differences of all three scorers, each fitted on the other folds. */
async function judgeFold(fold) {
  const learned = votes.filter((vote) => vote.fold !== fold);
  const test = votes.filter((vote) => vote.fold === fold);
  const M = models.length;
  const table = votesTable({ features, models }, columns(features, learned, questionOfRow));
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

function report(rows) {
  const scorers = ['bradleyTerry', 'elo', 'rankrouter'];
  const judged = scorers.map((name) => ({
    difference: rows.map((row) => row[name]),
    outcome: rows.map(({ outcome }) => outcome),
  }));
  const overall = judged.map(pairwiseMetrics);
  const categories = rows.map(({ category }) => category);
  const byCategory = judged.map((pairs) => pairwiseByCategory(pairs, categories));
  console.log(`${rows.length} votes, ${rows.filter(({ outcome }) => outcome === 0.5).length} ties.`);
  for (const category of [undefined, ...new Set(categories.toSorted())]) {
    const own = category === undefined ? rows : rows.filter((row) => row.category === category);
    const questions = own.map(({ question }) => question);
    console.log(`${category ?? 'All'}: ${own.length} votes on ${new Set(questions).size} questions`);
    const outcome = own.map((row) => row.outcome);
    const differences = scorers.map((name) => own.map((row) => row[name]));
    const intervals = pairwiseIntervals(differences, outcome, questions, { seed: 1 });
    scorers.forEach((name, s) => {
      const metrics = category === undefined ? overall[s] : byCategory[s].get(category);
      const { interval, lead } = intervals[s];
      const each = (text) => SHOWN.map((metric) => `${LABELS[metric] ?? metric} ${text(metric)}`).join(', ');
      const figure = (metric) => `${metrics[metric].toFixed(4)} (${span(interval[metric])})`;
      console.log(`  ${name}: ${each(figure)}, ECE ${metrics.ece.toFixed(4)}`);
      if (s > 0) console.log(`    lead over Bradley–Terry: ${each((metric) => span(lead[metric]))}`);
    });
  }
}

function span({ low, high }) {
  return `${low.toFixed(4)} to ${high.toFixed(4)}`;
}
