// Lays an artifact's exports out for check-exports.py, beside real queries' vectors and the plain evaluator's scores for them.
// usage: node scripts/export-cases.js ARTIFACT FOLDER
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainEvaluator } from '../dist/inference/plain/plain-evaluator.js';
import { seededRandom } from '../dist/math/random.js';
import { openRouter, openTrained } from '../dist/pipelines/trained/trained-router.js';

const QUERIES = 64;
const [artifact, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/export-cases.js ARTIFACT FOLDER');
mkdirSync(folder, { recursive: true });
const trained = await openTrained(artifact);
const { vectors } = await trained.encoder.embed(texts());
const random = seededRandom(1);
for (const name of Object.keys(trained.artifact.manifest.routers)) {
  const router = await openRouter(trained, name);
  const inputs = Object.fromEntries(router.graph().inputs.map((input) => [input.name, valuesFor(input)]));
  const scores = await plainEvaluator(router.graph()).run(inputs);
  const { features, ...others } = Object.fromEntries(
    Object.entries(inputs).map(([input, tensor]) => [input, nested(tensor)]),
  );
  cpSync(join(artifact, `${name}.onnx`), join(folder, `${name}.onnx`));
  cpSync(join(artifact, `${name}_saved_model`), join(folder, name), { recursive: true });
  const expected = { features, inputs: others, scores: nested(scores) };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(expected));
}

/** Queries of the bundled example, spread over it. */
function texts() {
  const path = new URL('../data/example/outcomes.jsonl', import.meta.url);
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return Array.from({ length: QUERIES }, (_, i) => JSON.parse(lines[Math.floor((i * lines.length) / QUERIES)]).query);
}

/** The queries' vectors where their width is asked for, normal noise for any other input. */
function valuesFor({ name, shape }) {
  const sized = shape.map((size) => (size === 'batch' ? QUERIES : size));
  if (name === 'features' && sized[1] === vectors.cols) return { shape: sized, data: Float32Array.from(vectors.data) };
  const length = sized.reduce((product, size) => product * size, 1);
  return { shape: sized, data: Float32Array.from({ length }, () => random.normal()) };
}

/** A tensor as nested lists. */
function nested({ shape, data }, axis = 0, start = 0) {
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  if (axis === shape.length) return data[start];
  return Array.from({ length: shape[axis] }, (_, i) => nested({ shape, data }, axis + 1, start + i * stride));
}
