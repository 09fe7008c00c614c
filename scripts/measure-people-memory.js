// Measures serving people from an artifact on disk: how much memory it takes, and how long one person's first decision and the one
// after feedback take.
//   npm run build && node scripts/measure-people-memory.js FOLDER [--users 100000] [--turns 20] [--asked 20000]
// FOLDER is made: a small trained artifact, and made-up pasts of all users (about 1.7 kB a turn).
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArtifactDirectory } from '../dist/artifacts/artifact-directory.js';
import { serialiseManifest } from '../dist/artifacts/manifest.js';
import { prepareTensorFlow } from '../dist/config/environment.js';
import { loadConfig } from '../dist/config/load.js';
import { seededRandom } from '../dist/math/random.js';
import { appendFeedback } from '../dist/pipelines/people/feedback-file.js';
import { openPersonStore } from '../dist/pipelines/people/person-store.js';
import { historyFile } from '../dist/pipelines/people/shard.js';
import { encodeVector } from '../dist/pipelines/people/stored-turn.js';
import { train } from '../dist/pipelines/train.js';
import { openRouter } from '../dist/pipelines/trained/trained-router.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    users: { type: 'string', default: '100000' },
    turns: { type: 'string', default: '20' },
    asked: { type: 'string', default: '20000' },
    serve: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error('Name a folder that may be made and filled.');
  process.exit(2);
}
const [users, turns, asked] = [values.users, values.turns, values.asked].map(Number);
const artifacts = join(folder, 'artifacts');
const random = seededRandom(1);
const vectors = [];
const idOf = (u) => `person ${u}`;
prepareTensorFlow();
if (values.serve) await serve();
else await make();

/** A vote on a made-up query; models are columns of the artifact. */
function turnOf(user, order, { models, embedder, features }) {
  const [a, b] = random.shuffle(models.keys());
  return {
    user,
    session: null,
    order,
    query: `question ${order}`,
    models: [models[a], models[b]],
    ratings: [1, -1],
    kind: 'votes',
    encoder: embedder.fingerprint,
    vector: vectorOf(features.dim),
  };
}

/** One of a thousand vectors: drawing two million would measure the drawing. */
function vectorOf(dim) {
  if (vectors.length < 1000) vectors.push(encodeVector(Float32Array.from({ length: dim }, () => random.normal())));
  return vectors.length < 1000 ? vectors.at(-1) : vectors[random.int(vectors.length)];
}

async function make() {
  mkdirSync(folder, { recursive: true });
  const rows = Array.from({ length: 300 }, (_, i) => ({
    query: `${['Add', 'Name', 'Write'][i % 3]} number ${i}`,
    scores: Object.fromEntries(['amber', 'birch', 'cedar'].map((model, m) => [model, i % 3 === m ? 1 : 0])),
  }));
  writeFileSync(join(folder, 'outcomes.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { config } = await loadConfig({
    sets: [
      `data.outcomes=${join(folder, 'outcomes.jsonl')}`,
      `train.output_dir=${artifacts}`,
      'train.router=[gmtrouter, personalizedrouter]',
      'train.folds=0',
      `embedding.cache_dir=${join(folder, 'cache')}`,
    ],
  });
  await train(config, { onWarning: console.error });
  const { manifest } = openArtifactDirectory(artifacts);
  rmSync(join(artifacts, 'histories'), { recursive: true, force: true });
  mkdirSync(join(artifacts, 'histories'));
  const ofFile = new Map();
  for (let u = 0; u < users; u++) {
    const file = historyFile(idOf(u));
    ofFile.set(file, [...(ofFile.get(file) ?? []), idOf(u)]);
  }
  const files = Object.fromEntries(Object.entries(manifest.files).filter(([name]) => !name.startsWith('histories/')));
  for (const [file, ids] of ofFile) {
    const lines = ids.flatMap((id) => Array.from({ length: turns }, (_, t) => turnOf(id, t, manifest)));
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    appendFileSync(join(artifacts, file), text);
    files[file] = createHash('sha256').update(text).digest('hex');
  }
  writeFileSync(join(artifacts, 'manifest.json'), serialiseManifest({ ...manifest, files }));
  console.log(`${users} users × ${turns} turns in ${ofFile.size} files; now: the same command with --serve`);
}

async function serve() {
  const artifact = openArtifactDirectory(artifacts);
  const people = openPersonStore(artifact);
  const queries = Array.from({ length: 100 }, () => ({
    rows: 1,
    cols: artifact.manifest.features.dim,
    data: Float32Array.from({ length: artifact.manifest.features.dim }, () => random.normal()),
  }));
  for (const name of ['gmtrouter', 'personalizedrouter']) {
    const router = await openRouter({ artifact }, name);
    const decide = async (id, i) => {
      const { person } = people.of(id);
      return router.score({ features: queries[i % 100], askers: { people: [person], asker: Int32Array.of(0) } });
    };
    const [first, after] = [[], []];
    const timed = async (times, call) => {
      const started = performance.now();
      await call();
      times.push(performance.now() - started);
    };
    for (let i = 0; i < asked / 2; i++) {
      const id = idOf(random.int(users));
      await timed(first, () => decide(id, i));
      if (i % 20 > 0) continue;
      await timed(after, async () => {
        appendFeedback(artifacts, turnOf(id, -1, artifact.manifest));
        people.forget(id);
        await decide(id, i + 1);
      });
    }
    console.log(`${name}: first decision ${spread(first)}; feedback to the next decision ${spread(after)}`);
  }
  const feedback = readFileSync(join(artifacts, 'manifest.json')).length;
  console.log(
    `peak of resident memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB (manifest ${(feedback / 1e6).toFixed(1)} MB), ${asked} decisions for people drawn from ${users}`,
  );
}

function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
