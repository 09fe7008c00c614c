// convert: routers of an artifact into files that other software reads, and other software's files into ours.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { graphIn } from '../artifacts/artifact-directory.js';
import { writeFileAtomically } from '../artifacts/atomic-write.js';
import {
  FOREIGN_FILES,
  type ForeignModel,
  readForeignFile,
  writeForeignFile,
} from '../artifacts/foreign/semantic-router/semantic-router.js';
import type { VsrConfig } from '../config/schema.js';
import { readAutorouterRows } from '../data/foreign/autorouter.js';
import { readLlmRouter } from '../data/foreign/llmrouter.js';
import { outcomeRowToJson } from '../data/outcome-row.js';
import { metaPathOf } from '../data/read-outcomes.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import type { PipelineContext } from './context.js';
import { exportFiles } from './convert/export-files.js';
import { convertPeople } from './convert/from-people.js';
import { learnedRows } from './convert/learned-rows.js';
import { requireFree } from './convert/outputs.js';
import { llmRouterText, toLlmRouter } from './convert/to-llmrouter.js';
import { toSemanticRouter } from './convert/to-semantic-router.js';
import { openRouter, openTrained } from './trained/trained-router.js';

export interface ConvertResult {
  /** Paths of the files written. */
  readonly written: readonly string[];
  /** What each file that was read holds, one sentence each. */
  readonly held: readonly string[];
}

/** Throws `VSR_USAGE` unless exactly one of --to and --from is given; else what reading and writing throw. */
export async function convert(config: VsrConfig, context: PipelineContext): Promise<ConvertResult> {
  const { to, from } = config.convert;
  if ((to === undefined) === (from === undefined)) {
    throw new VsrError('VSR_USAGE', `convert needs --to or --from, got ${to === undefined ? 'neither' : 'both'}.`, {
      hint: 'Example: vsr convert --to onnx --input artifacts --output exported',
    });
  }
  if (config.convert.dataFile !== undefined && to !== 'llmrouter') {
    throw new VsrError('VSR_USAGE', '--data-file belongs to --to llmrouter: other conversions know their data.', {
      hint: 'Leave it out.',
    });
  }
  if (to === 'llmrouter') return convertDecisions(config, context);
  if (to !== undefined) return { written: await convertTo(to, config, context), held: [] };
  if (from === 'llmrouter') return readTable(config, context);
  if (from === 'semantic-router') return readModels(config);
  if (from === 'autorouter') return readAutorouter(config);
  const { input } = config.convert;
  if (input === undefined) throw new VsrError('VSR_USAGE', `convert --from ${from} needs --input, a file of people.`);
  return convertPeople(from!, input, outputOf(config), config);
}

async function convertDecisions(config: VsrConfig, context: PipelineContext): Promise<ConvertResult> {
  const output = outputOf(config);
  requireFree(config, [output]);
  const { results, held } = await toLlmRouter(config, config.convert.input ?? 'decisions.jsonl', context);
  writeFileAtomically(output, llmRouterText(results, output));
  return { written: [output], held: [held] };
}

async function convertTo(
  to: 'semantic-router' | 'onnx' | 'saved-model',
  config: VsrConfig,
  context: PipelineContext,
): Promise<string[]> {
  const output = outputOf(config);
  const trained = await openTrained(config.convert.input ?? 'artifacts', config.embedding, context);
  const { manifest } = trained.artifact;
  const names = config.convert.router ?? Object.keys(manifest.routers);
  requireFree(
    config,
    names.map((name) => join(output, FILE_OF[to](name))),
  );
  const routers = await Promise.all(names.map((name) => openRouter(trained, name)));
  if (to === 'semantic-router') {
    const learned = await learnedRows(config, trained, context);
    const models: [string, ForeignModel][] = [];
    for (const router of routers) {
      throwIfAborted(context.signal);
      models.push([join(output, `${router.name}_model.json`), await toSemanticRouter(router, learned)]);
    }
    makeFolder(output);
    for (const [path, model] of models) writeForeignFile(path, model);
    context.onNotice?.(
      `Vectors must come from the encoder of the artifact: ${manifest.embedder.id}, ${manifest.embedder.dim} wide.`,
    );
    return models.map(([path]) => path);
  }
  const files = Object.assign(
    {},
    ...(await Promise.all(routers.map((router) => exportFiles(router, [to], manifest.embedder.fingerprint)))),
  );
  for (const name of Object.keys(files)) {
    if (name.endsWith('/')) makeFolder(join(output, name));
  }
  const kept = Object.entries<string | Uint8Array>(files).filter(([name]) => !name.endsWith('/'));
  makeFolder(output);
  for (const [name, content] of kept) writeFileAtomically(join(output, name), content);
  return kept.map(([name]) => join(output, name));
}

/** What one router is written to. */
const FILE_OF = {
  'semantic-router': (name: string) => `${name}_model.json`,
  onnx: (name: string) => `${name}.onnx`,
  'saved-model': (name: string) => join(`${name}_saved_model`, 'saved_model.pb'),
} as const;

/** Reads and checks every model of a folder; nothing is written. */
async function readModels({ convert: { input } }: VsrConfig): Promise<ConvertResult> {
  const folder = input ?? 'models';
  const found = FOREIGN_FILES.filter((name) => existsSync(join(folder, name)));
  if (found.length === 0) {
    const graph = graphIn(folder);
    const what = graph
      ? `${graph}, a graph without what was learned from`
      : existsSync(folder)
        ? 'none'
        : 'no such folder';
    throw new VsrError('VSR_ARTIFACT', `${folder}: expected one of ${FOREIGN_FILES.join(', ')}, found ${what}.`, {
      hint: "Give the folder of semantic-router's models_path.",
    });
  }
  const held: string[] = [];
  for (const name of found) held.push(`${name}: ${described(await readForeignFile(join(folder, name)))}`);
  return { written: [], held };
}

function described(model: ForeignModel): string {
  const of = `${model.algorithm} v${model.formatVersion}, models ${model.modelNames.join(', ')}`;
  if (model.algorithm === 'knn')
    return `${of}; ${model.embeddings.length} rows, ${model.embeddings[0]!.length} wide, k ${model.k}`;
  if (model.algorithm === 'kmeans') {
    const lost = model.table ? '' : '; not carried: scores per cluster and model, v1 keeps the winner alone';
    return `${of}; ${model.centroids.length} clusters, ${model.centroids[0]!.length} wide${lost}`;
  }
  if (model.algorithm === 'svm') return `${of}; ${model.kernel}, ${model.supportVectors.length} support vectors`;
  if (model.algorithm === 'mlp')
    return `${of}; ${model.featureDim} → ${[...model.hiddenSizes, model.modelNames.length].join(' → ')}`;
  return `${of}; ${model.projection.length} factors, ${model.projection[0]!.length} wide${model.tanh ? '; not carried: its tanh has no form in the shape that is written' : ''}`;
}

async function readTable(config: VsrConfig, context: PipelineContext): Promise<ConvertResult> {
  const { input } = config.convert;
  if (input === undefined)
    throw new VsrError('VSR_USAGE', 'convert --from llmrouter needs --input, a table (JSONL or CSV).');
  const output = outputOf(config);
  const meta = metaPathOf(output);
  requireFree(config, [output, meta]);
  const { rows, repeated, failed } = await readLlmRouter(input, config.scoring);
  if (repeated > 0)
    context.onWarning?.(`${input}: ${repeated} rows repeat a query and model; the first of each counts.`);
  rmSync(meta, { force: true }); // it told of the outcomes that stood here
  writeFileAtomically(
    output,
    rows.map((row) => `${JSON.stringify(outcomeRowToJson(row))}\n`),
  );
  return { written: [output], held: [`${input}: ${rows.length} queries; ${failed} failed calls are missing cells`] };
}

async function readAutorouter(config: VsrConfig): Promise<ConvertResult> {
  const { input } = config.convert;
  if (input === undefined)
    throw new VsrError('VSR_USAGE', 'convert --from autorouter needs --input, its training JSON.');
  const output = outputOf(config);
  const meta = metaPathOf(output);
  requireFree(config, [output, meta]);
  const rows = await readAutorouterRows(input);
  rmSync(meta, { force: true });
  writeFileAtomically(
    output,
    rows.map((row) => `${JSON.stringify(outcomeRowToJson(row))}\n`),
  );
  const shown = rows.filter(({ query }) => query.images.length > 0).length;
  return { written: [output], held: [`${input}: ${rows.length} queries, ${shown} with images`] };
}

function outputOf({ convert: { output } }: VsrConfig): string {
  if (output !== undefined) return output;
  throw new VsrError('VSR_USAGE', 'convert needs --output: where the result goes.');
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new VsrError('VSR_FILE', `${path} cannot be made (${(cause as Error).message}).`, {
      hint: 'Choose another --output.',
      cause,
    });
  }
}
