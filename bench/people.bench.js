// Routers that know the person, at the size of the bundled example and the work of one request: a decision with twenty turns of
// history that was never seen before, one whose history is known, and one right after feedback. p50 and p99, of time and of
// processor time, stand in the note; the median is the figure.
import { samples } from './measure.js';

const ROWS = 4949;
const RATED = 600;
const WIDTH = 256;
const MODELS = 9;
const USERS = 20;
const TURNS = 20;
const CALLS = 300;
const WARMUP = 50;
const LIMITS = { fresh: 5, known: 5, feedback: 10 };
const QUICK = { gmtrouter: { epochs: 1 }, personalizedrouter: { trainEpoch: 1 } };

export default async function measure({ dist }) {
  const { prepareTensorFlow } = await import(`${dist}/config/environment.js`);
  const { loadRouter } = await import(`${dist}/routers/registry.js`);
  const { seededRandom } = await import(`${dist}/math/random.js`);
  prepareTensorFlow();
  const random = seededRandom(7);
  const normal = (rows) => ({
    rows,
    cols: WIDTH,
    data: Float32Array.from({ length: rows * WIDTH }, () => random.normal()),
  });
  const queries = Array.from({ length: 100 }, () => normal(1));
  let next = 0;
  const table = tableOf(normal(ROWS), votes(normal(RATED), random, USERS), random);
  const rows = [];
  for (const name of ['gmtrouter', 'personalizedrouter']) {
    const router = await loadRouter(name);
    const fitted = await router.fit(table, QUICK[name], { seed: 1, training: { engine: 'wasm' } });
    const ask = (person) => fitted.score({ features: asked(), askers: { people: [person], asker: Int32Array.of(0) } });
    const asked = () => queries[next++ % queries.length];
    const fresh = Array.from({ length: CALLS + WARMUP }, () => someone(votes(normal(TURNS), random)));
    const known = someone(votes(normal(TURNS), random));
    let past = votes(normal(TURNS), random);
    const further = Array.from({ length: CALLS + WARMUP }, () => {
      past = joined(past, votes(normal(1), random)); // one turn more, the oldest one forgotten
      return someone(past);
    });
    const cases = { fresh: () => ask(fresh.pop()), known: () => ask(known), feedback: () => ask(further.shift()) };
    for (const [what, call] of Object.entries(cases)) {
      const processor = [];
      const timed = async () => {
        const before = process.cpuUsage();
        await call();
        const { user, system } = process.cpuUsage(before);
        processor.push((user + system) / 1000);
      };
      const times = await samples(timed, { count: CALLS, warmup: WARMUP });
      rows.push(row(`${name}, ${TURNS} turns, ${SAID[what]}`, times, processor.slice(WARMUP), LIMITS[what]));
    }
  }
  return rows;
}

const SAID = { fresh: 'history not seen before', known: 'history known', feedback: 'right after one vote' };

function row(what, times, processor, limit) {
  const at = (values, share) =>
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
  const both = (values) => `p50 ${at(values, 0.5).toFixed(2)} ms, p99 ${at(values, 0.99).toFixed(2)} ms`;
  const verdict = at(times, 0.99) < limit ? 'reached' : 'missed';
  const note = `${both(times)}, limit of p99 ${limit} ms: ${verdict}; of processor time ${both(processor)}`;
  return { what, oursMs: at(times, 0.5), peer: '', peerMs: null, ratio: null, target: null, reached: null, note };
}

function someone(history) {
  return { id: 'someone', weights: null, history };
}

/** Every query answered by all models, and votes on some others. */
function tableOf(features, interactions, random) {
  const quality = {
    rows: ROWS,
    cols: MODELS,
    data: Float64Array.from({ length: ROWS * MODELS }, () => (random.uniform() < 0.5 ? 1 : 0)),
  };
  const models = Array.from({ length: MODELS }, (_, m) => `model ${m}`);
  return { models, features, quality, groups: Int32Array.from({ length: ROWS }, (_, i) => i), interactions };
}

/** One vote on every row, by each user in turn. */
function votes(features, random, users = 1) {
  const pairs = Array.from({ length: features.rows }, () => {
    const first = random.int(MODELS);
    return [first, (first + 1 + random.int(MODELS - 1)) % MODELS];
  });
  const whole = (of) => Int32Array.from({ length: 2 * features.rows }, (_, i) => of(i >> 1, i & 1));
  return {
    features,
    users: Array.from({ length: users }, (_, u) => `user ${u}`),
    user: whole((row) => row % users),
    group: whole((row) => row),
    order: Float64Array.from({ length: 2 * features.rows }, (_, i) => i >> 1),
    session: whole((row) => row),
    query: whole((row) => row),
    model: whole((row, side) => pairs[row][side]),
    rating: Float64Array.from({ length: 2 * features.rows }, (_, i) => (i & 1 ? -1 : 1)),
    kind: 'votes',
    queryGroups: Int32Array.from({ length: features.rows }, (_, i) => i),
  };
}

/** The past without its first turn, and one turn more. */
function joined(past, turn) {
  const features = { ...past.features, data: past.features.data.slice() };
  features.data.copyWithin(0, WIDTH);
  features.data.set(turn.features.data, (TURNS - 1) * WIDTH);
  const model = past.model.slice();
  model.copyWithin(0, 2);
  model.set(turn.model, 2 * (TURNS - 1));
  return { ...past, features, model };
}
