// benchmark: queries × models → outcomes.jsonl. Every finished call is in the journal before its slot starts the next one.
import { existsSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { temporaryName, writeError } from '../artifacts/atomic-write.js';
import type { VsrConfig } from '../config/schema.js';
import { type MissingKey, requireKeys } from '../config/secrets.js';
import { readCatalogue } from '../data/catalogue.js';
import { VsrError } from '../errors/vsr-error.js';
import type { Provider } from '../providers/provider.js';
import { type DryRun, forecast } from './benchmark/dry-run.js';
import { type JournalEntry, openJournal, readJournal, type StoredJournal } from './benchmark/journal.js';
import { takeLock } from './benchmark/lock.js';
import { askedModels } from './benchmark/models.js';
import { type BenchmarkTools, openProviders } from './benchmark/open-providers.js';
import { type RunPaths, runPaths } from './benchmark/paths.js';
import { isFailed, type Plan, planCalls } from './benchmark/plan.js';
import { promptFor } from './benchmark/prompt.js';
import { prepareQuestions, readQueryFile } from './benchmark/questions.js';
import { type RunResults, writeResults } from './benchmark/results.js';
import { runCalls } from './benchmark/run-calls.js';
import { knownCost, type ModelSummary, summarise } from './benchmark/summary.js';
import type { PipelineContext } from './context.js';
import { catalogueSource, EXAMPLE_NOTICE, querySource } from './sources.js';

export interface BenchmarkRun extends BenchmarkTools {
  /** What the configuration's loader could not fill in. */
  readonly missingKeys?: readonly MissingKey[];
  /** Flags that were given (`--max-tokens`): they beat what a model or an endpoint says for itself. */
  readonly givenFlags?: readonly string[];
}

export interface BenchmarkResult {
  readonly output: string;
  readonly queries: number;
  readonly models: readonly ModelSummary[];
  /** queries × models. */
  readonly calls: number;
  /** Cells with a quality. */
  readonly present: number;
  /** Calls that earlier runs had made. */
  readonly skipped: number;
  /** US dollars of the whole file; null where no cost is known. */
  readonly cost: number | null;
  /** A sentence where more of a model's calls failed than `max_missing` allows, else null. */
  readonly gate: string | null;
}

/**
 * Asks every model every query that no earlier run with the same settings has asked, and writes outcomes.jsonl, its meta
 * file and responses.jsonl. Ctrl-C writes what there is and throws `VSR_ABORTED`.
 * Throws `VSR_CONFIG`, `VSR_API_KEY_MISSING`, `VSR_MODEL_UNKNOWN`, `VSR_DATA` and `VSR_FILE` before any call where it can;
 * a full disk ends it with `VSR_FILE`, finished calls kept.
 */
export async function benchmark(
  config: VsrConfig,
  context: PipelineContext,
  run: BenchmarkRun = {},
): Promise<BenchmarkResult> {
  const { paths, prepared, providers } = await prepare(config, context, run);
  const { questions, models, example } = prepared;
  const lock = takeLock(paths.lock, paths.outcomes);
  try {
    if (lock.takenOverFrom !== null) removeLeftovers(paths, lock.takenOverFrom);
    if (config.benchmark.fresh) rmSync(paths.journal, { force: true });
    else refuseForeignOutput(paths);
    const stored = await readJournal(paths.journal);
    const plan = planFor(config, prepared, stored);
    saySkipped(plan, paths, context);

    const finished = new Map(plan.done);
    const durable = models.some(({ routes }) => routes.some(({ endpoint }) => providers.get(endpoint.name)!.paid));
    const unmade = await makeCalls(config, context, { plan, paths, stored, providers, finished, durable });
    const results: RunResults = { calls: plan.calls, models, finished, unmade, example };
    if (finished.size > 0) writeResults(paths, config, results);
    if (context.signal?.aborted) throw interrupted(paths, plan, finished);
    const summary = summarise(results);
    return {
      output: paths.outcomes,
      queries: questions.length,
      models: summary,
      calls: plan.calls.length,
      present: summary.reduce((sum, { present }) => sum + present, 0),
      skipped: plan.done.size,
      cost: knownCost(summary),
      gate: gateSentence(summary, config.benchmark.maxMissing),
    };
  } finally {
    lock.release();
  }
}

/** What `benchmark` would do with the same configuration; nothing is sent, locked or written. */
export async function dryRunBenchmark(
  config: VsrConfig,
  context: PipelineContext,
  run: BenchmarkRun = {},
): Promise<DryRun> {
  const { paths, prepared } = await prepare(config, context, { ...run, missingKeys: [] }, false);
  const stored = config.benchmark.fresh ? { entries: new Map(), length: 0 } : await readJournal(paths.journal);
  return forecast(planFor(config, prepared, stored), prepared.models);
}

/** Everything that can be refused before the first call. */
async function prepare(config: VsrConfig, context: PipelineContext, run: BenchmarkRun, connect = true) {
  const source = querySource(config);
  if (source.example && Object.keys(config.modelConfig).length > 0) {
    throw new VsrError(
      'VSR_DATA',
      'Models are configured, but no queries: there is no --data-file, no data.queries and no ./queries.jsonl.',
      {
        hint: 'Write queries.jsonl (vsr init shows how); the bundled questions are never sent to your own models unasked.',
      },
    );
  }
  if (source.example) context.onNotice?.(EXAMPLE_NOTICE);
  const paths = runPaths(config.benchmark.output);
  refuseOutput(paths, source.path);
  const file = await readQueryFile(config, source.path, context);
  const cataloguePath = catalogueSource(config, source.example);
  const catalogue = cataloguePath === undefined ? new Map() : await readCatalogue(cataloguePath);
  const models = askedModels(config, file, catalogue, (flag) => run.givenFlags?.includes(flag) ?? false);
  requireKeys(
    config,
    run.missingKeys ?? [],
    models.map(({ alias }) => alias),
  );
  const providers = connect ? await openProviders(models, file, config, run) : new Map<string, Provider>();
  const questions = await prepareQuestions(config, file, promptFor);
  if (models.some(({ routes }) => routes.some(({ endpoint }) => endpoint.type !== 'recorded'))) {
    warnOfUnscored(questions, context);
  }
  return { paths, providers, prepared: { questions, models, example: source.example } };
}

/** Answers that nothing here can score still cost money. */
function warnOfUnscored(questions: Prepared['questions'], context: PipelineContext): void {
  const names = new Set(['unscored', 'code', 'judge']);
  const count = questions.filter(({ scorer }) => names.has(scorer.name)).length;
  if (count === 0) return;
  context.onWarning?.(
    `${count} of ${questions.length} queries cannot be scored (no truth, or a metric that runs code or asks a judge): they are asked and paid for, and stay without a quality. Leave them out to save that.`,
  );
}

type Prepared = Awaited<ReturnType<typeof prepare>>['prepared'];

function planFor(config: VsrConfig, { questions, models }: Prepared, stored: StoredJournal): Plan {
  return planCalls(questions, models, stored.entries, { seed: config.seed, retryFailed: config.benchmark.retryFailed });
}

interface Work {
  readonly plan: Plan;
  readonly paths: RunPaths;
  readonly stored: StoredJournal;
  readonly providers: ReadonlyMap<string, Provider>;
  /** Grows call by call. */
  readonly finished: Map<string, JournalEntry>;
  readonly durable: boolean;
}

async function makeCalls(config: VsrConfig, context: PipelineContext, work: Work) {
  const { plan, finished, durable } = work;
  const journal = await openJournal(work.paths.journal, work.stored.length, durable);
  let cost = knownCost([...finished.values()].map(({ cell }) => cell));
  const report = () => {
    const detail = cost === null ? {} : { detail: `$${cost.toFixed(4)}` };
    context.onProgress?.({ stage: 'benchmark', done: finished.size, total: plan.calls.length, ...detail });
  };
  report();
  try {
    return await runCalls(plan.open, {
      providers: work.providers,
      scoring: config.scoring,
      seed: config.seed,
      signal: context.signal,
      async keep(entry) {
        await journal.append(entry);
        finished.set(entry.key, entry);
        if (typeof entry.cell.cost === 'number') cost = (cost ?? 0) + entry.cell.cost;
        report();
      },
    });
  } finally {
    await journal.close();
  }
}

/** An output that would destroy its own input or has no place to be. */
function refuseOutput({ outcomes, meta, responses, journal }: RunPaths, queries: string): void {
  if ([outcomes, meta, responses, journal].some((path) => resolve(path) === resolve(queries))) {
    throw new VsrError('VSR_USAGE', `--output ${outcomes} would overwrite the queries in ${queries}.`, {
      hint: 'Choose another --output.',
    });
  }
  const directory = [outcomes, meta, responses].find((path) =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory(),
  );
  if (directory !== undefined) {
    throw writeError(directory, Object.assign(new Error('directory'), { code: 'EISDIR', syscall: 'open' }));
  }
}

/** Outcomes without a journal come from somewhere else: they are not replaced unasked. */
function refuseForeignOutput({ outcomes, journal }: RunPaths): void {
  if (!existsSync(outcomes) || existsSync(journal)) return;
  throw new VsrError('VSR_FILE', `${outcomes} exists, but not the journal of a run that wrote it (${journal}).`, {
    hint: 'Choose another --output, or replace it with --fresh.',
  });
}

/** What a killed run left half-written beside its files. */
function removeLeftovers({ outcomes, meta, responses }: RunPaths, pid: number): void {
  for (const path of [outcomes, meta, responses]) rmSync(temporaryName(path, pid), { force: true });
}

function saySkipped(plan: Plan, { journal }: RunPaths, context: PipelineContext): void {
  if (plan.done.size === 0) return;
  const failed = [...plan.done.values()].filter(isFailed).length;
  context.onNotice?.(
    `${plan.done.size} of ${plan.calls.length} calls were made before (${journal}) and are skipped; --fresh starts over.`,
  );
  if (failed > 0) {
    context.onNotice?.(`${failed} of these failed; --retry-failed asks them again.`);
  }
}

function interrupted({ outcomes }: RunPaths, plan: Plan, finished: ReadonlyMap<string, JournalEntry>): VsrError {
  return new VsrError(
    'VSR_ABORTED',
    `Interrupted after ${finished.size} of ${plan.calls.length} calls; all of them are saved beside ${outcomes}.`,
    {
      hint: 'The same command again goes on from there.',
    },
  );
}

/** Calls that nobody could have scored are no failures. */
function gateSentence(models: readonly ModelSummary[], maxMissing: number): string | null {
  const failing = models.filter(({ missing, unscored }) => missing - unscored > maxMissing);
  if (failing.length === 0) return null;
  const shares = failing.map(({ model, missing, unscored }) => `${model} ${(100 * (missing - unscored)).toFixed(1)} %`);
  return `More calls failed than --max-missing allows (${100 * maxMissing} %): ${shares.join(', ')}.`;
}
