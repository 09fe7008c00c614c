// Measures what a model gets that joins rankrouter with a profile alone, and after 10 and 50 comparisons: planted topics, on each of which
// two models are strong; the newcomer is the best on one of them, and deserves its queries. Needs dist/.
// Seeds from 101 on: how a newcomer joins was chosen on others.
//   npm run build && node scripts/measure-newcomer.js [SEEDS=10] ['{"learningRate":0.003,"embeddingDim":32,"clusterDim":8,"idDim":16}']
import { prepareTensorFlow } from '../dist/config/environment.js';
import { matrix, matrix64, rowOf } from '../dist/math/matrix.js';
import { seededRandom } from '../dist/math/random.js';
import { autorouter } from '../dist/routers/autorouter/autorouter.js';
import { rankrouter } from '../dist/routers/rankrouter/rankrouter.js';

const WIDTH = 24;
const KNOWN = [
  [0.8, 0.3, 0.3],
  [0.3, 0.8, 0.3],
  [0.45, 0.45, 0.45],
];
const NEWCOMER = [0.3, 0.3, 0.85];
const seeds = Array.from({ length: Number(process.argv[2] ?? 10) }, (_, i) => i + 101);
prepareTensorFlow();
const shares = new Map();
const oracle = { rankrouter: [], autorouter: [] };
for (const seed of seeds) {
  const train = planted(400, KNOWN, seed);
  const fresh = planted(600, [...KNOWN, NEWCOMER], seed + 1000);
  const fitted = await rankrouter.fit(train, JSON.parse(process.argv[3] ?? '{}'), {
    seed,
    training: { engine: 'auto' },
  });
  for (const [probes, beside] of [
    [60, 0],
    [200, 0],
    [400, 0],
    [200, 10],
    [200, 50],
  ]) {
    const way = `profile of ${probes} answers, ${beside === 0 ? 'nobody beside it' : `on ${beside} queries beside the others`}`;
    const asked = planted(probes, [NEWCOMER], seed + 2000);
    const others = matrix64(probes, KNOWN.length, new Float64Array(probes * KNOWN.length).fill(Number.NaN));
    const known = planted(probes, KNOWN, seed + 2000).quality;
    for (let at = 0; at < beside * KNOWN.length; at++) others.data[at] = known.data[at];
    const joined = fitted.withModel({
      model: 'newcomer',
      features: asked.features,
      quality: Float64Array.from(asked.quality.data),
      rows: new Int32Array(probes).fill(-1),
      others,
    });
    const chosen = best(await joined.score({ features: fresh.features }));
    const of = (topic) => chosen.filter((model, i) => model === KNOWN.length && i % 3 === topic).length / 200;
    shares.set(way, [...(shares.get(way) ?? []), [of(2), (of(0) + of(1)) / 2]]);
  }
  const all = planted(600, [KNOWN[0], KNOWN[1], NEWCOMER], seed);
  const test = planted(600, [KNOWN[0], KNOWN[1], NEWCOMER], seed + 1000);
  for (const router of [rankrouter, autorouter]) {
    const scores = await (await router.fit(all, {}, { seed, training: { engine: 'auto' } })).score({
      features: test.features,
    });
    const strength = [KNOWN[0], KNOWN[1], NEWCOMER];
    const earned = best(scores).reduce((sum, model, i) => sum + strength[model][i % 3], 0);
    const possible = 200 * (0.8 + 0.8 + 0.85);
    oracle[router.name].push(earned / possible);
  }
}
for (const [way, list] of shares) {
  const mean = (k) => list.reduce((sum, pair) => sum + pair[k], 0) / list.length;
  console.log(
    `${way}: ${(100 * mean(0)).toFixed(1)} % of its own topic (least ${(100 * Math.min(...list.map(([own]) => own))).toFixed(1)} %), ${(100 * mean(1)).toFixed(1)} % of the others`,
  );
}
for (const [name, list] of Object.entries(oracle)) {
  console.log(`${name}, all models known: ${(100 * Math.min(...list)).toFixed(1)} % of the oracle or more`);
}

/** Row i is of topic i mod 3; a model is right with its chance. */
function planted(rows, strength, seed) {
  const random = seededRandom(seed);
  const features = matrix(rows, WIDTH);
  const quality = matrix64(rows, strength.length);
  for (let i = 0; i < rows; i++) {
    for (let d = 0; d < WIDTH; d++) features.data[i * WIDTH + d] = (d === i % 3 ? 2 : 0) + 0.4 * random.normal();
    strength.forEach((of, m) => {
      quality.data[i * strength.length + m] = Number(random.uniform() < of[i % 3]);
    });
  }
  const models = strength.map((_, m) => `model ${m}`);
  return { models, features, quality, groups: Int32Array.from({ length: rows }, (_, i) => i) };
}

function best(scores) {
  return Array.from({ length: scores.rows }, (_, q) => {
    const row = [...rowOf(scores, q)];
    return row.indexOf(Math.max(...row));
  });
}
