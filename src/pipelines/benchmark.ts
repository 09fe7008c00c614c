// benchmark: queries × models → outcomes.jsonl. Every finished call is in the journal before its slot starts the next one.
import { rmSync } from 'node:fs';
import { temporaryName } from '../artifacts/atomic-write.js';
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';
import { createBudget } from './benchmark/budget.js';
import { type DryRun, forecast } from './benchmark/dry-run.js';
import {
  type Journal,
  type JournalEntry,
  type KeptCall,
  openAnswers,
  openJournal,
  readJournal,
  type StoredJournal,
} from './benchmark/journal.js';
import { takeLock } from './benchmark/lock.js';
import type { RunPaths } from './benchmark/paths.js';
import { isFailed, type Plan } from './benchmark/plan.js';
import { createPrecision, type Precision } from './benchmark/precision.js';
import { type BenchmarkRun, type Prepared, planFor, prepare } from './benchmark/prepare.js';
import { refuseBudget, refuseForeignOutput } from './benchmark/refusals.js';
import { answersToRescore, rescore } from './benchmark/rescore.js';
import { cellsOf, type RunResults, writeResults } from './benchmark/results.js';
import { runCalls, type Unmade } from './benchmark/run-calls.js';
import { type JudgeSummary, judgeSummary, knownCost, type ModelSummary, summarise } from './benchmark/summary.js';
import { createTally } from './benchmark/tally.js';
import type { PipelineContext } from './context.js';

export type { BenchmarkRun } from './benchmark/prepare.js';

export interface BenchmarkResult {
  readonly output: string;
  readonly queries: number;
  readonly models: readonly ModelSummary[];
  /** queries × models × repeats. */
  readonly calls: number;
  /** Calls with a quality. */
  readonly present: number;
  /** Calls that earlier runs had made. */
  readonly skipped: number;
  /** Stored answers whose score is another now. */
  readonly rescored: number;
  /** US dollars of the whole file, judges left out; null where no cost is known. */
  readonly cost: number | null;
  /** US dollars that this run spent, judges included; calls whose price is unknown count nothing. */
  readonly spent: number;
  /** null where nothing was judged. */
  readonly judge: JudgeSummary | null;
  /** Models with finished calls of unknown cost. */
  readonly unpriced: readonly string[];
  /** A sentence where the budget ended the run, or more of a model's calls failed than `max_missing` allows; else null. */
  readonly gate: string | null;
}

/**
 * Asks every model every query that no earlier run with the same settings has asked, and writes outcomes.jsonl, its meta
 * file and responses.jsonl. Ctrl-C writes what there is and throws `VSR_ABORTED`.
 * Throws `VSR_CONFIG`, `VSR_API_KEY_MISSING`, `VSR_MODEL_UNKNOWN`, `VSR_DATA`, `VSR_USAGE` and `VSR_FILE` before any call
 * where it can; a full disk ends it with `VSR_FILE`, finished calls kept.
 */
export async function benchmark(
  config: VsrConfig,
  context: PipelineContext,
  run: BenchmarkRun = {},
): Promise<BenchmarkResult> {
  const prepared = await prepare(config, context, run, true);
  const { paths, questions, models, example } = prepared;
  const lock = takeLock(paths.lock, paths.outcomes);
  try {
    if (lock.takenOverFrom !== null) removeLeftovers(paths, lock.takenOverFrom);
    if (config.benchmark.fresh) rmSync(paths.journal, { force: true });
    else refuseForeignOutput(paths);
    const stored = await readJournal(paths.journal);
    const plan = planFor(config, prepared, stored);
    if (!config.benchmark.rescore) refuseBudget(config, plan, models, prepared.late, context);
    saySkipped(plan, paths, context);

    const { finished, unmade, rescored, spent, budgetReached } = await work(config, context, {
      prepared,
      plan,
      stored,
    });
    const { repeats, calls } = plan;
    const judge = prepared.late.judge;
    const cells = cellsOf(calls, finished, unmade);
    const results: RunResults = { calls, cells, repeats, models, finished, example, judge };
    if (finished.size > 0) writeResults(paths, config, results);
    if (context.signal?.aborted) throw interrupted(paths, plan, finished);
    const summary = summarise(results);
    return {
      output: paths.outcomes,
      queries: questions.length,
      models: summary,
      calls: calls.length,
      present: summary.reduce((sum, { present }) => sum + present, 0),
      skipped: plan.done.size,
      rescored,
      cost: knownCost(summary),
      spent,
      judge: judgeSummary(finished.values()),
      unpriced: unpricedModels(finished),
      gate: budgetReached ? budgetSentence(config, unmade) : gateSentence(summary, config.benchmark.maxMissing),
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
  const prepared = await prepare(config, context, run, false);
  const stored = config.benchmark.fresh ? NOTHING_STORED : await readJournal(prepared.paths.journal);
  return forecast(planFor(config, prepared, stored), prepared, config);
}

const NOTHING_STORED: StoredJournal = { entries: new Map(), length: 0 };

interface Work {
  readonly prepared: Prepared;
  readonly plan: Plan;
  readonly stored: StoredJournal;
}

interface Worked {
  /** By key of the plan's call. */
  readonly finished: ReadonlyMap<string, KeptCall>;
  readonly unmade: Unmade;
  readonly rescored: number;
  readonly spent: number;
  readonly budgetReached: boolean;
}

/** Scores what waits for a score, then makes the open calls; with --rescore the first alone. */
async function work(config: VsrConfig, context: PipelineContext, { prepared, plan, stored }: Work): Promise<Worked> {
  const { paths, late, models, providers } = prepared;
  // By key of the plan's call, later than those of `plan.done`.
  const made = new Map<string, KeptCall>();
  const budget = createBudget(config.benchmark.budget);
  const precision = createPrecision(config.benchmark.untilCi);
  if (config.benchmark.untilCi !== undefined) noteInOrder(plan, precision);
  const tally = createTally(new Map(models.map(({ alias }) => [alias, plan.calls.length / models.length])));
  for (const kept of plan.done.values()) tally.count(kept);
  const report = () => {
    const detail = tally.cost === null ? {} : { detail: `$${tally.cost.toFixed(4)}` };
    const { done } = tally;
    context.onProgress?.({ stage: 'benchmark', done, total: plan.calls.length, ...detail, parts: tally.parts });
  };
  const signal = context.signal ?? new AbortController().signal;
  const journal: Journal = await openJournal(paths.journal, stored.length, isDurable(prepared));
  const keep = async (entry: JournalEntry) => {
    const kept = await journal.append(entry);
    made.set(entry.key, kept);
    tally.count(kept);
    report();
  };
  report();
  try {
    const { rescore: all, retryFailed } = config.benchmark;
    const waiting = answersToRescore(plan, stored.entries, late, { all, retryFailed });
    const rescored = await rescoreAll(waiting, made);
    if (all) {
      const finished = both(plan.done, made);
      const unmade = unasked(plan, finished);
      return { finished, unmade, rescored, spent: budget.spent, budgetReached: budget.reached };
    }
    const unmade = await runCalls(plan.open, {
      providers,
      scoring: config.scoring,
      late,
      budget,
      precision,
      storeAnswers: !config.benchmark.noResponses,
      seed: config.seed,
      signal: context.signal,
      keep,
      leaveOut: ({ model }) => tally.leaveOut(model.alias),
    });
    for (const [key, cell] of plan.settled) (unmade as Map<string, typeof cell>).set(key, cell);
    const finished = both(plan.done, made);
    return { finished, unmade, rescored, spent: budget.spent, budgetReached: budget.reached };
  } finally {
    await journal.close();
  }

  async function rescoreAll(waiting: ReturnType<typeof answersToRescore>, results: Map<string, KeptCall>) {
    if (waiting.length === 0) return 0;
    const answers = openAnswers(paths.journal);
    const places = new Map<string, string>();
    for (const { call, kept } of waiting) {
      // An answer to an older prompt stands in for the call it is taken for.
      places.set(kept.key, call.key);
      results.set(call.key, kept);
    }
    try {
      return await rescore(waiting, {
        scoring: config.scoring,
        late,
        budget,
        answers,
        signal,
        async keep(entry) {
          const kept = await journal.append(entry);
          results.set(places.get(entry.key)!, kept);
          // With --rescore all of them were counted with a score already.
          if (!config.benchmark.rescore) tally.count(kept);
        },
      });
    } finally {
      answers.close();
    }
  }
}

/** Not copied before the first call is made, nor where none was. */
function both(done: Plan['done'], made: ReadonlyMap<string, KeptCall>): ReadonlyMap<string, KeptCall> {
  if (made.size === 0) return done;
  const finished = new Map(done);
  for (const [key, kept] of made) finished.set(key, kept);
  return finished;
}

/** The order decides when a model is known well enough: it is the plan's, not the one in which answers came. */
function noteInOrder({ calls, done }: Plan, precision: Precision): void {
  for (const { key, model, repeat } of calls) {
    const quality = repeat === 0 ? done.get(key)?.cell.quality : undefined;
    if (quality !== undefined && quality !== null) precision.note(model.alias, quality);
  }
}

/** Answers that are paid for are flushed to the disk one by one. */
function isDurable({ models, providers }: Prepared): boolean {
  return models.some(({ routes }) => routes.some(({ endpoint }) => providers.get(endpoint.name)!.paid));
}

/** --rescore asks nobody: what has no answer yet stays open. */
function unasked(plan: Plan, finished: ReadonlyMap<string, KeptCall>): Unmade {
  const open = plan.open.filter(({ key }) => !finished.has(key));
  const cell = { quality: null, status: 'skipped', error: 'not asked yet' } as const;
  return new Map([...plan.settled, ...open.map(({ key }) => [key, cell] as const)]);
}

/** What a killed run left half-written beside its files. */
function removeLeftovers({ outcomes, meta, responses }: RunPaths, pid: number): void {
  for (const path of [outcomes, meta, responses]) rmSync(temporaryName(path, pid), { force: true });
}

function saySkipped(plan: Plan, { journal }: RunPaths, context: PipelineContext): void {
  if (plan.settled.size > 0) {
    const models = new Set(plan.calls.filter(({ key }) => plan.settled.has(key)).map(({ model }) => model.alias));
    context.onNotice?.(
      `${plan.settled.size} prompts are longer than the context window of ${[...models].join(', ')}: they are not sent, and count as too_long.`,
    );
  }
  if (plan.done.size === 0) return;
  let failed = 0;
  for (const kept of plan.done.values()) if (isFailed(kept)) failed++;
  context.onNotice?.(
    `${plan.done.size} of ${plan.calls.length} calls were made before (${journal}) and are skipped; --fresh starts over.`,
  );
  if (failed > 0) {
    context.onNotice?.(`${failed} of these failed; --retry-failed asks them again.`);
  }
}

function interrupted({ outcomes }: RunPaths, plan: Plan, finished: ReadonlyMap<string, KeptCall>): VsrError {
  return new VsrError(
    'VSR_ABORTED',
    `Interrupted after ${finished.size} of ${plan.calls.length} calls; all of them are saved beside ${outcomes}.`,
    {
      hint: 'The same command again goes on from there.',
    },
  );
}

function unpricedModels(finished: ReadonlyMap<string, KeptCall>): string[] {
  const models = new Set<string>();
  for (const { model, cell } of finished.values()) if (cell.cost === null) models.add(model);
  return [...models];
}

function budgetSentence({ benchmark: { budget } }: VsrConfig, unmade: Unmade): string {
  return `The budget of $${budget} was reached: ${unmade.size} calls were not made. The same command again goes on from there.`;
}

/** Calls that nobody could have scored are no failures. */
function gateSentence(models: readonly ModelSummary[], maxMissing: number): string | null {
  const failing = models.filter(({ missing, unscored }) => missing - unscored > maxMissing);
  if (failing.length === 0) return null;
  const shares = failing.map(({ model, missing, unscored }) => `${model} ${(100 * (missing - unscored)).toFixed(1)} %`);
  return `More calls failed than --max-missing allows (${100 * maxMissing} %): ${shares.join(', ')}.`;
}
