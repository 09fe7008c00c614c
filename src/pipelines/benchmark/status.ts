// How far a run on disk is: read from its journal beside its output, also while it is running; nothing is written.
import type { VsrConfig } from '../../config/schema.js';
import type { PipelineContext } from '../context.js';
import { readJournal } from './journal.js';
import { lockHolder } from './lock.js';
import { type BenchmarkRun, planFor, prepare } from './prepare.js';
import { cellsOf } from './results.js';
import { type JudgeSummary, judgeSummary, knownCost, type ModelSummary, summarise } from './summary.js';

export interface BenchmarkStatus {
  readonly output: string;
  readonly queries: number;
  /** queries × models × repeats. */
  readonly calls: number;
  readonly done: number;
  /** `failures` holds finished calls alone: those still to be made are `open`. */
  readonly models: readonly (ModelSummary & { readonly done: number; readonly open: number })[];
  readonly judge: JudgeSummary | null;
  /** US dollars of the finished calls, judges left out; null where no cost is known. */
  readonly cost: number | null;
  /** Finished calls of the journal that belong to another configuration: other models, prompts, parameters, queries. */
  readonly others: number;
  /** The process that is working on it; null if none is. */
  readonly running: { readonly pid: number; readonly host: string } | null;
}

/** For the run that the same configuration would start or resume. Throws what `benchmark` throws before any call. */
export async function benchmarkStatus(
  config: VsrConfig,
  context: PipelineContext,
  run: BenchmarkRun = {},
): Promise<BenchmarkStatus> {
  const prepared = await prepare(config, context, run, false);
  const { paths, questions, models } = prepared;
  const stored = await readJournal(paths.journal);
  const plan = planFor({ ...config, benchmark: { ...config.benchmark, retryFailed: false } }, prepared, stored);
  const finished = plan.done;
  const { repeats } = plan;
  const calls = plan.calls.filter(({ key }) => finished.has(key) || plan.settled.has(key));
  const cells = cellsOf(calls, finished, plan.settled);
  const perModel = questions.length * repeats;
  return {
    output: paths.outcomes,
    queries: questions.length,
    calls: plan.calls.length,
    done: calls.length,
    models: summarise({ calls, cells, models, repeats: 1 }).map((summary) => ({
      ...summary,
      done: summary.calls,
      calls: perModel,
      open: perModel - summary.calls,
    })),
    judge: judgeSummary(finished.values()),
    cost: knownCost([...finished.values()].map(({ cell }) => cell)),
    others: stored.entries.size - finished.size,
    running: lockHolder(paths.lock),
  };
}
