// Lays an artifact's exports out for check-exports.py, beside real queries' vectors and the plain evaluator's scores for them.
// usage: node scripts/export-cases.js ARTIFACT FOLDER
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { featuresOf } from '../dist/features/feature-space.js';
import { plainEvaluator } from '../dist/inference/plain/plain-evaluator.js';
import { askerLookup, askersOf } from '../dist/pipelines/people/askers.js';
import { openPersonStore } from '../dist/pipelines/people/person-store.js';
import { openRouter, openTrained } from '../dist/pipelines/trained/trained-router.js';
import { loadRouter } from '../dist/routers/registry.js';

const QUERIES = 64;
const [artifact, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/export-cases.js ARTIFACT FOLDER');
mkdirSync(folder, { recursive: true });
const trained = await openTrained(artifact);
const { vectors } = await trained.encoder.embed(texts());
const features = featuresOf(trained.space, vectors, new Array(QUERIES).fill(null));
const askers = whoAsk(trained.artifact);
for (const name of Object.keys(trained.artifact.manifest.routers)) {
  const router = await openRouter(trained, name);
  const { needs } = await loadRouter(name);
  const inputs = await router.inputs({ features, ...(needs.users && { askers }) });
  const scores = await plainEvaluator(router.graph()).run(inputs);
  const { features: asked, ...others } = Object.fromEntries(
    Object.entries(inputs).map(([input, tensor]) => [input, nested(tensor)]),
  );
  cpSync(join(artifact, `${name}.onnx`), join(folder, `${name}.onnx`));
  cpSync(join(artifact, `${name}_saved_model`), join(folder, name), { recursive: true });
  const expected = { features: asked, inputs: others, scores: nested(scores) };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(expected));
}

/** Queries of the bundled example, spread over it. */
function texts() {
  const path = new URL('../data/example/outcomes.jsonl', import.meta.url);
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return Array.from({ length: QUERIES }, (_, i) => JSON.parse(lines[Math.floor((i * lines.length) / QUERIES)]).query);
}

/** Every second query is asked by nobody in particular, the others by the people of the artifact in turn, with their pasts. */
function whoAsk(artifact) {
  const pasts = Object.keys(artifact.manifest.files).filter((file) => file.startsWith('histories/'));
  const turns = pasts.flatMap((file) => artifact.read(file).toString('utf8').split('\n').filter(Boolean));
  const ids = [...new Set(turns.map((line) => JSON.parse(line).user))];
  const personOf = askerLookup(artifact.manifest, openPersonStore(artifact), {});
  const asker = (i) => (i % 2 === 0 || ids.length === 0 ? null : ids[(i >> 1) % ids.length]);
  return askersOf(Array.from({ length: QUERIES }, (_, i) => personOf(asker(i))));
}

/** A tensor as nested lists. */
function nested({ shape, data }, axis = 0, start = 0) {
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  if (axis === shape.length) return data[start];
  return Array.from({ length: shape[axis] }, (_, i) => nested({ shape, data }, axis + 1, start + i * stride));
}
