// train: outcomes.jsonl → artifacts/. Split, embed, fit every router, choose on validation, write the manifest last.
import { requireWritable, writeArtifactDirectory } from '../artifacts/artifact-directory.js';
import { ARTIFACT_FORMAT, type Manifest, type RouterEntry } from '../artifacts/manifest.js';
import { routerFiles } from '../artifacts/router-file.js';
import type { VsrConfig } from '../config/schema.js';
import { configForManifest } from '../config/secrets.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { loadRouter } from '../routers/registry.js';
import type { PipelineContext } from './context.js';
import { exportFiles } from './convert/export-files.js';
import { embedForTraining } from './learning/embed-for-training.js';
import { policyFrom } from './learning/learned-policy.js';
import { pinObjective } from './learning/objective.js';
import { storedEncoder } from './learning/open-encoder.js';
import { loadOutcomeData } from './learning/outcome-data.js';
import { imageCount } from './learning/query-images.js';
import { tableImages } from './learning/table-images.js';
import { thresholdPlan, tunedThresholds } from './learning/tuned-thresholds.js';
import { foretoldFile } from './people/foretold-file.js';
import { histories } from './people/histories.js';
import { scoreRows } from './people/objective-asker.js';
import { foretoldVotes } from './people/people-folds.js';
import { routersOnSimulatedUsers } from './people/prepare-people.js';
import { calibrationOf } from './train/calibrate.js';
import { openCheckpoints, runIdentity } from './train/checkpoints.js';
import { openedEngine } from './train/engine.js';
import { featureSpaces } from './train/feature-spaces.js';
import { earned, fitRouter, type RouterRequest } from './train/fit-routers.js';
import { outOfFold } from './train/out-of-fold.js';
import { refit } from './train/refits.js';
import { requestsToFold, routerRequests } from './train/requests.js';
import { foldCount, peopleFoldCount, rowsOf, rowsToFold } from './train/rows.js';
import { searchSpaces } from './train/search-spaces.js';
import { tuneRouter } from './train/tune.js';
import { companionFiles } from './trained/companion-files.js';
import { decidingPolicy } from './trained/decision-basis.js';
import { featureFiles } from './trained/feature-files.js';
import { foldFiles } from './trained/fold-files.js';
import { refitFiles } from './trained/refit-files.js';
import { VERSION } from './version.js';

export interface TrainResult {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** Throws what reading, embedding, fitting and writing throw; nothing but checkpoints is written unless every router was fitted. */
export async function train(config: VsrConfig, context: PipelineContext): Promise<TrainResult> {
  requireWritable(config.train.outputDir);
  const requests = await routerRequests(config);
  const engine = await openedEngine(config, requests, context);
  const training = engine ? { engine: config.train.engine, device: config.train.device } : undefined;
  const tuning = { trials: config.train.tune, spaces: await searchSpaces(config, requests, context) };
  const { split: ratios, splitBy, leakCheck, queryLimit } = config.train;
  const split = { ratios, seed: config.seed, by: splitBy, leakCheck, queryLimit };
  const data = await loadOutcomeData(config, config.train.dataFile, split, context);
  const { table, catalogue } = data;
  const rows = rowsOf(data);
  if (rows.train.length === 0) {
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `${data.path}: of ${table.queries.length} queries none is left to learn from.`,
      {
        hint: 'Benchmark more queries, or give train a larger share with --split.',
      },
    );
  }
  const foldRequests = await requestsToFold(requests, config.train.folds);
  const folds = foldRequests.length > 0 ? foldCount(config.train.folds, data) : 0;
  const folded = folds > 0 ? rowsToFold(data) : new Int32Array();

  const { seeds } = config.train;
  const scored = seeds > 1 ? Int32Array.of(...rows.validation, ...rows.test) : new Int32Array();
  const seen = [rows.train, rows.validation, folded, scored];
  const embedded = await embedForTraining(config, data, rows.train, seen, context);
  const { encoder, embeddings } = embedded;
  const identity = engine && runIdentity(config, engine, data.sha256, encoder.fingerprint);
  const checkpoints = identity ? openCheckpoints(config.train, identity, context) : undefined;
  const names = requests.map(({ name }) => name);
  const images = embedded.images ?? (await tableImages(config.embedding.cacheDir, data, encoder, seen, names, context));
  const { objective, moved } = pinObjective(config, table, rows.train);
  if (moved) context.onWarning?.(moved);
  const policy = policyFrom(table, rows.train, { objective, catalogue });

  const run = { seed: config.seed, objective, catalogue, tuning, training, checkpoints };
  const spaces = await featureSpaces(config, { data, requests, encoder, embeddings, images }, rows.train, run, context);
  const { learned, learning } = spaces;
  const { people } = learning;

  const files: Record<string, string | Uint8Array> = {};
  const routers: Record<string, RouterEntry> = {};
  const tunedRequests: RouterRequest[] = [];
  for (const request of requests) {
    const { name } = request;
    const tuned = await tuneRouter(request, learning, rows.train, { ...run, stage: `tune ${name}` }, context);
    tunedRequests.push(tuned.request);
    const fit = { ...run, stage: `fit ${name}` };
    const { fitted, seconds } = await fitRouter(tuned.request, learning, rows.train, fit, context);
    throwIfAborted(context.signal);
    const scores = await scoreRows(fitted, learning, rows.validation, objective);
    const calibration = calibrationOf(table, rows.validation, scores, fitted.scale, config.train.calibrate);
    const plan = thresholdPlan(config, fitted.scale, (await loadRouter(name)).decidesByThresholds, table);
    const unseen = { table, rows: rows.validation, scores, scale: fitted.scale };
    const thresholds = tunedThresholds(plan, unseen, policy, calibration?.method);
    Object.assign(files, routerFiles(name, { params: fitted.params, state: fitted.state() }));
    Object.assign(files, await exportFiles(fitted, config.train.export, encoder.fingerprint));
    routers[name] = {
      file: `${name}_model.json`,
      tensors: `${name}.safetensors`,
      scale: fitted.scale,
      params: fitted.params,
      validation: earned(
        table,
        rows.validation,
        scores,
        decidingPolicy(policy, { scale: fitted.scale, calibration, thresholds }),
      ),
      fitSeconds: seconds,
      ...(calibration && { calibration }),
      ...(thresholds && { thresholds }),
      ...(tuned.trials && { tuning: tuned.trials }),
    };
  }
  if (folds > 0) {
    const { learningFrom } = spaces;
    const options = { ...run, folds, learningFrom, validationShare: config.train.split[1] || 0.1 };
    const pooled = await outOfFold(foldRequests, learning, folded, { ...options, config }, context);
    Object.assign(files, foldFiles(pooled, table));
    for (const [name, entry] of Object.entries(routers)) {
      const scores = pooled.scores[name];
      if (!scores || !entry.thresholds) continue;
      const unseen = { table, rows: pooled.rows, fold: pooled.fold, scores, scale: entry.scale };
      const thresholds = tunedThresholds(entry.thresholds, unseen, policy, entry.calibration?.method);
      if (thresholds) routers[name] = { ...entry, thresholds };
    }
  }
  if (seeds > 1) {
    const parts = { learn: rows.train, rows: scored };
    Object.assign(files, refitFiles(await refit(tunedRequests, learning, parts, { ...run, seeds }, context), table));
  }
  const peopleFolds = await peopleFoldCount(config.train.folds, names, people.known);
  if (peopleFolds > 0) {
    const foretold = await foretoldVotes(requests, learning, rows.train, peopleFolds, run, context);
    if (foretold) Object.assign(files, foretoldFile(foretold));
  }
  const stored = storedEncoder(encoder);
  const block = featureFiles(learned.space, stored.tensors, spaces.trials);
  Object.assign(files, block.files);
  Object.assign(files, companionFiles(data, people.known, rows.train));
  const pasts = histories(learning, rows.train, people, encoder.fingerprint);
  Object.assign(files, pasts.files);
  throwIfAborted(context.signal);

  const manifest = writeArtifactDirectory(
    config.train.outputDir,
    {
      format: ARTIFACT_FORMAT,
      version: VERSION,
      createdAt: new Date().toISOString(),
      seed: config.seed,
      engine,
      models: table.models,
      objective,
      embedder: stored.embedder,
      features: block.features,
      data: {
        file: data.path,
        sha256: data.sha256,
        example: data.example,
        queries: table.queries.length,
        split: { train: rows.train.length, validation: rows.validation.length, test: rows.test.length },
        ratios,
        splitBy,
        leakCheck,
        ...(images && { images: imageCount(table.queries, rows.train) }),
        queryLimit,
        folds,
      },
      people: { ...pasts.summary, routers: await routersOnSimulatedUsers(people.known, Object.keys(routers)) },
      modelStats: Object.fromEntries(table.models.map((model, m) => [model, policy.stats[m]!])),
      bestSingle: policy.fallback,
      config: configForManifest(config),
      routers,
      bestRouter: bestOnValidation(routers),
    },
    files,
  );
  checkpoints?.remove();
  return { directory: config.train.outputDir, manifest };
}

/** The largest mean utility on validation; equal (or no validation row at all): the first. */
function bestOnValidation(routers: Readonly<Record<string, RouterEntry>>): string {
  const [first, ...rest] = Object.keys(routers) as [string, ...string[]];
  return rest.reduce(
    (best, name) => (routers[name]!.validation.utility > routers[best]!.validation.utility ? name : best),
    first,
  );
}
