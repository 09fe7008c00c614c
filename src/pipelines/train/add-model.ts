// train --add-model: a new model joins an artifact with a few dozen of its outcomes; nothing else is fitted again.
import { resolve } from 'node:path';
import { requireWritable, writeArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { Manifest, RouterEntry } from '../../artifacts/manifest.js';
import { routerFiles } from '../../artifacts/router-file.js';
import type { VsrConfig } from '../../config/schema.js';
import { normaliseText } from '../../data/normalise-text.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { matrix64, takeRows } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import type { Newcomer } from '../../routers/newcomer.js';
import { loadRouter } from '../../routers/registry.js';
import type { PipelineContext } from '../context.js';
import { modelStats } from '../learning/model-stats.js';
import { loadOutcomeData, type OutcomeData } from '../learning/outcome-data.js';
import { modelProfiles } from '../people/model-profiles.js';
import type { TrainResult } from '../train.js';
import { copiedCompanions, readLearnedQueries } from '../trained/companion-files.js';
import { featureRows } from '../trained/feature-rows.js';
import { openRouter, openTrained, type Trained } from '../trained/trained-router.js';

/** With fewer outcomes the newcomer's column is little more than its mean. */
const FEW_OUTCOMES = 20;

/**
 * Writes a new artifact with the model in it. Its outcomes are those of the data file on queries that are not test queries; without
 * any, what the catalogue says of it is all that routers have, and those that need more leave it out. The
 * best router, the fallback and the validation figures stay those of the old artifact, and out-of-fold scores are dropped.
 * Throws `VSR_USAGE`, `VSR_ARTIFACT`, `VSR_MODEL_UNKNOWN` or `VSR_TRAINING_DATA`; then nothing is written.
 */
export async function addModel(config: VsrConfig, name: string, context: PipelineContext): Promise<TrainResult> {
  const { artifacts, outputDir, dataFile } = config.train;
  refuseOverwriting(artifacts, outputDir);
  requireWritable(outputDir);
  const trained = await openTrained(artifacts, config.embedding, context);
  const old = trained.artifact.manifest;
  if (old.models.includes(name)) {
    throw new VsrError('VSR_USAGE', `--add-model: ${artifacts} knows ${name} already.`, {
      hint: 'Run vsr train to learn from all of its outcomes.',
    });
  }
  const { ratios, splitBy: by } = old.data;
  const split = { ratios, seed: old.seed, by, leakCheck: config.train.leakCheck, queryLimit: 0 };
  const data = await loadOutcomeData(config, dataFile, split, context);
  const rows = answeredRows(data, name, context);
  const newcomer = await newcomerFrom(config, trained, data, rows, name, context);
  const stats = statsOf(data, rows, name, old);

  const routers: Record<string, RouterEntry> = {};
  const files: Record<string, string | Uint8Array> = {};
  for (const router of Object.keys(old.routers)) {
    throwIfAborted(context.signal);
    const joined = await join(trained, router, newcomer, context);
    if (!joined) continue;
    routers[router] = await joinedEntry(router, old.routers[router]!, newcomer);
    Object.assign(files, routerFiles(router, { params: joined.params, state: joined.state() }));
  }
  if (Object.keys(routers).length === 0) {
    throw new VsrError('VSR_TRAINING_DATA', `${artifacts} holds no router that ${name} could join.`, {
      hint: 'Run vsr train on outcomes of all models.',
    });
  }
  const catalogued = data.catalogue.get(name) ?? {};
  Object.assign(files, copiedCompanions(trained.artifact, { [name]: catalogued }));
  const manifest = writeArtifactDirectory(
    outputDir,
    {
      ...withoutFiles(old),
      createdAt: new Date().toISOString(),
      models: [...old.models, name],
      data: { ...old.data, folds: 0 },
      added: [...(old.added ?? []), { model: name, file: data.path, sha256: data.sha256, outcomes: rows.length }],
      modelStats: { ...old.modelStats, [name]: stats },
      routers,
      bestRouter: bestOf(routers, old.bestRouter),
    },
    files,
  );
  return { directory: outputDir, manifest };
}

function refuseOverwriting(artifacts: string, outputDir: string): void {
  if (resolve(artifacts) !== resolve(outputDir)) return;
  throw new VsrError('VSR_USAGE', `--add-model reads ${artifacts} and would write over it.`, {
    hint: 'Name another --output-dir.',
  });
}

/** Rows that hold an outcome of the newcomer and are no test queries. */
function answeredRows(
  { table, splits, path, catalogue }: OutcomeData,
  name: string,
  context: PipelineContext,
): Int32Array {
  const m = table.models.indexOf(name);
  if (m < 0) {
    if (!catalogue.has(name)) {
      throw new VsrError(
        'VSR_MODEL_UNKNOWN',
        `${path} holds no scored outcome of ${name}; it has ${table.models.join(', ')}.`,
        { hint: 'Benchmark it first, name a model of the file, or describe it in the catalogue (data.models).' },
      );
    }
    context.onWarning?.(`${name} has no outcome: routers know of it what the catalogue says, and no more.`);
    return new Int32Array();
  }
  const present = Int32Array.from(splits.keys()).filter((i) => !Number.isNaN(cell(table, i, m)));
  const rows = present.filter((i) => splits[i] !== 'test');
  if (rows.length === 0) {
    throw new VsrError('VSR_TRAINING_DATA', `${path}: all ${present.length} outcomes of ${name} are on test queries.`, {
      hint: 'Benchmark it on other queries: nothing is learned from test.',
    });
  }
  if (rows.length < present.length) {
    context.onNotice?.(
      `${present.length - rows.length} outcomes of ${name} are on test queries and are left for vsr analyze.`,
    );
  }
  if (rows.length < FEW_OUTCOMES) {
    context.onWarning?.(
      `${name} has only ${rows.length} outcomes to be judged by: it will score little more than its mean.`,
    );
  }
  return rows;
}

async function newcomerFrom(
  config: VsrConfig,
  trained: Trained,
  { table, catalogue }: OutcomeData,
  rows: Int32Array,
  model: string,
  context: PipelineContext,
): Promise<Newcomer> {
  const [profile] = (await modelProfiles([model], catalogue, trained.encoder, trained.space, context.signal)) ?? [];
  const features = await featureRows(trained, table, [rows], config.embedding.cacheDir, context);
  const { artifact } = trained;
  const learned = new Map(readLearnedQueries(artifact).map(({ query }, row) => [normaliseText(query), row]));
  const known = artifact.manifest.models;
  const others = matrix64(rows.length, known.length);
  known.forEach((other, to) => {
    const from = table.models.indexOf(other);
    rows.forEach((row, i) => {
      others.data[i * known.length + to] = from < 0 ? Number.NaN : cell(table, row, from);
    });
  });
  return {
    model,
    features: takeRows(features, rows),
    quality: Float64Array.from(rows, (row) => cell(table, row, table.models.indexOf(model))),
    rows: Int32Array.from(rows, (row) => learned.get(normaliseText(table.queries[row]!.query)) ?? -1),
    others,
    ...(profile && { profile }),
  };
}

/** Nobody has calibrated the newcomer; its threshold is the strictest that stands. */
async function joinedEntry(router: string, entry: RouterEntry, { model, quality }: Newcomer): Promise<RouterEntry> {
  const { trustsNewcomersFrom } = await loadRouter(router);
  const { thresholds, coldStart = [] } = entry;
  const known = thresholds ? Object.values(thresholds.models) : [];
  const strictest = known.includes(null) ? null : Math.max(...known.map((value) => value ?? 0));
  return {
    ...entry,
    ...(quality.length < trustsNewcomersFrom && { coldStart: [...coldStart, model] }),
    ...(thresholds && { thresholds: { ...thresholds, models: { ...thresholds.models, [model]: strictest } } }),
  };
}

/** undefined: the router cannot take the model in, and has said so. */
async function join(trained: Trained, name: string, newcomer: Newcomer, context: PipelineContext) {
  const router = await openRouter(trained, name);
  const leaveOut = (why: string) => context.onWarning?.(`${name} is not in the new artifact: ${why}`);
  if (!router.withModel) {
    leaveOut(`it takes in a model only when it is fitted anew, with vsr train on outcomes of all models.`);
    return undefined;
  }
  try {
    return router.withModel(newcomer);
  } catch (error) {
    if (!(error instanceof VsrError) || error.code !== 'VSR_TRAINING_DATA') throw error;
    leaveOut(error.message);
    return undefined;
  }
}

/** A model without outcomes is expected to write as much as the others do. */
function statsOf(
  { table, catalogue }: OutcomeData,
  rows: Int32Array,
  name: string,
  { modelStats: known }: Manifest,
): Manifest['modelStats'][string] {
  const m = table.models.indexOf(name);
  if (m >= 0) return modelStats(table, rows, catalogue)[m]!;
  const tokens = Object.values(known).flatMap(({ outputTokens }) => outputTokens ?? []);
  const { inputPrice = null, outputPrice = null } = catalogue.get(name) ?? {};
  return {
    quality: 0,
    latency: null,
    cost: null,
    outputTokens: tokens.length > 0 ? mean(tokens) : null,
    inputPrice,
    outputPrice,
    n: 0,
  };
}

/** The old best, else the best of those that stayed, by the validation figures of the old artifact. */
function bestOf(routers: Readonly<Record<string, RouterEntry>>, old: string): string {
  if (routers[old]) return old;
  const names = Object.keys(routers);
  return names.reduce((best, name) =>
    routers[name]!.validation.utility > routers[best]!.validation.utility ? name : best,
  );
}

function withoutFiles({ files: _files, ...manifest }: Manifest): Omit<Manifest, 'files'> {
  return manifest;
}

function cell(table: OutcomeTable, row: number, model: number): number {
  return table.quality.data[row * table.models.length + model]!;
}
