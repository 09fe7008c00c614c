// How well a model joins by --add-model: each of the bundled example's models in turn is held out, comes back with a few of its
// outcomes, several times with other ones, and the choices on queries held out from everything are judged beside those of routers
// that never knew it and of routers fitted on all of its outcomes. Needs dist/.
// usage: node scripts/measure-add-model.js [OUTCOMES=50] [DRAWS=8] [ROUTERS=knn,kmeans,mf]
import { readFileSync } from 'node:fs';
import { prepareTensorFlow } from '../dist/config/environment.js';
import { normaliseText } from '../dist/data/normalise-text.js';
import { openEncoder } from '../dist/embeddings/registry.js';
import { matrix64, rowOf, takeRows } from '../dist/math/matrix.js';
import { seededRandom } from '../dist/math/random.js';
import { mean, standardDeviation } from '../dist/math/stats.js';
import { loadRouter } from '../dist/routers/registry.js';

const ROUTERS = (process.argv[4] ?? 'knn,kmeans,mf').split(',');
const [outcomes, draws] = [Number(process.argv[2] ?? 50), Number(process.argv[3] ?? 8)];
prepareTensorFlow();
const rows = readFileSync(new URL('../data/example/outcomes.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const models = Object.keys(rows[0].scores);
const texts = new Map();
const groups = Int32Array.from(rows, ({ query }) => {
  const text = normaliseText(query);
  if (!texts.has(text)) texts.set(text, texts.size);
  return texts.get(text);
});
const { vectors } = await (await openEncoder({ model: 'static' })).embed(rows.map(({ query }) => query));
const order = seededRandom(1).shuffle(rows.map((_, i) => i));
const held = new Set(order.slice(0, Math.round(rows.length / 4)).map((i) => groups[i]));
const [learned, judged] = [false, true].map((side) => order.filter((i) => held.has(groups[i]) === side));
const test = { features: takeRows(vectors, judged) };

process.stdout.write(
  `${outcomes} outcomes, ${draws} draws, ${learned.length} training and ${judged.length} judging queries. Points of quality against the router without the model: mean, worst draw (share sent to it); fitted anew on all outcomes.\n`,
);
const gains = Object.fromEntries(ROUTERS.map((name) => [name, []]));
const anew = {};
for (const name of ROUTERS) anew[name] = earned(await (await fit(name, models)).score(test), models);
for (const newcomer of models) {
  const others = models.filter((model) => model !== newcomer);
  const figures = [];
  for (const name of ROUTERS) {
    const router = await fit(name, others);
    const before = earned(await router.score(test), others).quality;
    const joined = [];
    for (let draw = 1; draw <= draws; draw++) {
      const few = seededRandom(draw)
        .shuffle(learned.map((_, i) => i))
        .slice(0, outcomes);
      const at = few.map((i) => learned[i]);
      const known = [...others, newcomer];
      const fitted = router.withModel({
        model: newcomer,
        features: takeRows(vectors, at),
        quality: Float64Array.from(at, (row) => rows[row].scores[newcomer]),
        rows: Int32Array.from(few),
        others: cells(at, others),
      });
      const { quality, share } = earned(await fitted.score(test), known, newcomer);
      joined.push({ gain: 100 * (quality - before), share });
    }
    const points = joined.map(({ gain }) => gain);
    gains[name].push(mean(points));
    figures.push(
      `${name} ${signed(mean(points))}, ${signed(Math.min(...points))} (${(100 * mean(joined.map(({ share }) => share))).toFixed(0)} %); ${signed(100 * (anew[name].quality - before))}`,
    );
  }
  const alone = mean(judged.map((row) => rows[row].scores[newcomer]));
  process.stdout.write(`${newcomer} (${alone.toFixed(3)}): ${figures.join(' | ')}\n`);
}
for (const name of ROUTERS) {
  const error = standardDeviation(gains[name]) / Math.sqrt(models.length);
  process.stdout.write(`${name}: ${signed(mean(gains[name]))} ± ${error.toFixed(2)} on average over the models\n`);
}

async function fit(name, known) {
  const table = {
    models: known,
    features: takeRows(vectors, learned),
    quality: cells(learned, known),
    groups: Int32Array.from(learned, (row) => groups[row]),
  };
  return (await loadRouter(name)).fit(table, {}, { seed: 1, training: { engine: 'wasm' } });
}

/** Qualities [rows×known]. */
function cells(at, known) {
  const quality = matrix64(at.length, known.length);
  at.forEach((row, i) => {
    quality.data.set(
      known.map((model) => rows[row].scores[model] ?? Number.NaN),
      i * known.length,
    );
  });
  return quality;
}

/** What the highest scores earn, and how often they are the newcomer's. */
function earned(scores, known, newcomer) {
  const chosen = judged.map((_, q) => {
    const row = rowOf(scores, q);
    return known[row.indexOf(Math.max(...row))];
  });
  return {
    quality: mean(judged.map((row, q) => rows[row].scores[chosen[q]])),
    share: mean(chosen.map((model) => (model === newcomer ? 1 : 0))),
  };
}

function signed(points) {
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`;
}
