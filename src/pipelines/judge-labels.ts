// judge-labels: outcomes and stored answers → labels.jsonl. No candidate is asked again; every verdict is on disk before the next call.
import { writeFileAtomically } from '../artifacts/atomic-write.js';
import { environment } from '../config/environment.js';
import type { VsrConfig } from '../config/schema.js';
import { readCatalogue, takesImages } from '../data/catalogue.js';
import { type Label, readLabels } from '../data/labels.js';
import { readOutcomes } from '../data/read-outcomes.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { type Provider, ProviderFailure } from '../providers/provider.js';
import { readAnswers } from './answers.js';
import { createBudget } from './benchmark/budget.js';
import { imagePlaces, imageUrls } from './benchmark/images.js';
import { openJournal, readJournal } from './benchmark/journal.js';
import { addReply, type GrowingUse, nothingUsed } from './benchmark/judge-use.js';
import { takeLock } from './benchmark/lock.js';
import { type AskedModel, askedModels } from './benchmark/models.js';
import { type BenchmarkTools, openProviders } from './benchmark/open-providers.js';
import { runPaths } from './benchmark/paths.js';
import { costOf, mostTokens } from './benchmark/price.js';
import type { PipelineContext } from './context.js';
import { agreement, labelsFrom } from './judge-labels/labels-from.js';
import { type Asking, askings, type JudgedQuery } from './judge-labels/opinions.js';
import { catalogueSource, outcomeSource, requireOutcomes } from './sources.js';

export interface JudgeLabelsResult {
  readonly output: string;
  readonly labels: number;
  /** Answers or pairs without a verdict in both orders. */
  readonly missing: number;
  /** Labels whose orders are more than 0.3 apart. */
  readonly disagreements: number;
  /** Opinions that an earlier run had asked for. */
  readonly resumed: number;
  /** Dollars; null = unknown. */
  readonly cost: number | null;
  readonly human: { readonly labels: number; readonly kappa: number | null; readonly n: number } | null;
  /** The budget ended the run. */
  readonly stopped: boolean;
}

/** Agreement with people below which a judge's labels say little. */
const LEAST_KAPPA = 0.4;

/**
 * Throws `VSR_USAGE`, `VSR_CONFIG` or `VSR_DATA` before any call; `VSR_PROVIDER` where the judge refuses its key; `VSR_ABORTED` with
 * every finished verdict kept.
 */
export async function judgeLabels(
  config: VsrConfig,
  context: PipelineContext,
  tools: BenchmarkTools = {},
): Promise<JudgeLabelsResult> {
  const { judgeLabels: options } = config;
  const alias = config.scoring.judge.model;
  if (alias === undefined) {
    throw new VsrError('VSR_USAGE', 'judge-labels needs --judge-model, an alias of model_config.', {
      hint: 'It reads the answers of responses.jsonl and gives each a mark.',
    });
  }
  const source = outcomeSource(config, options.outcomes);
  requireOutcomes(source);
  const { rows } = await readOutcomes(source.path, { scale: config.scoring.scale });
  const queries = new Map(rows.map(({ query }) => [query.id, query]));
  const path = options.responses ?? runPaths(source.path).responses;
  const answers = await readAnswers(path, (id) => queries.has(id));
  const judged = Array.from(answers, ([id, own]): JudgedQuery => ({ query: queries.get(id)!, answers: own }));
  if (judged.length === 0) {
    throw new VsrError('VSR_DATA', `${path}: no answer to a query of ${source.path}.`, {
      hint: 'vsr benchmark stores answers, unless --no-responses is given.',
    });
  }
  refuseSelf(config, alias, judged);
  const human = options.human === undefined ? [] : await humanLabels(options.human, queries);
  const { model, provider } = await openJudge(config, alias, source.path, judged, tools, context);
  const { style } = config.scoring.judge;
  const { by, limit } = options;
  const asked = askings(judged, { judge: alias, style, by, limit, seed: config.seed });
  const run = await askAll(config, asked, model, provider, source.path, context);
  const { labels, missing } = labelsFrom(asked, ({ key }) => run.opinions.get(key), alias, options.binary);
  const people = human.map(({ id, model: of, label, source: who }) => ({ id, model: of, label, source: who }));
  writeFileAtomically(options.output, [...labels, ...people].map((label) => `${JSON.stringify(label)}\n`).join(''));
  const told = human.length > 0 ? { labels: human.length, ...agreement(labels, human) } : null;
  if (told && told.kappa !== null && told.kappa < LEAST_KAPPA) {
    context.onWarning?.(
      `${alias} agrees little with people: κ ${told.kappa.toFixed(2)} over ${told.n} answers. Its labels say little about what people would.`,
    );
  }
  return {
    output: options.output,
    labels: labels.length,
    missing,
    disagreements: labels.filter(({ flags }) => flags).length,
    resumed: run.resumed,
    cost: run.cost,
    human: told,
    stopped: run.stopped,
  };
}

interface Asked {
  /** By key; null = twice unreadable. */
  readonly opinions: ReadonlyMap<string, number | null>;
  readonly resumed: number;
  readonly cost: number | null;
  readonly stopped: boolean;
}

async function askAll(
  config: VsrConfig,
  asked: readonly Asking[],
  model: AskedModel,
  provider: Provider,
  outcomes: string,
  context: PipelineContext,
): Promise<Asked> {
  const { output, budget: limit } = config.judgeLabels;
  const { journal: journalPath, lock: lockPath } = runPaths(output);
  const lock = takeLock(lockPath, output);
  try {
    const stored = await readJournal(journalPath);
    const opinions = new Map<string, number | null>();
    for (const { key, cell } of stored.entries.values()) {
      if (cell.status === 'ok' || cell.status === 'unscored') opinions.set(key, cell.quality);
    }
    const open = asked.filter(({ key }) => !opinions.has(key));
    const resumed = asked.length - open.length;
    const journal = await openJournal(journalPath, stored.length, provider.paid);
    const budget = createBudget(limit);
    const spent = { cost: 0 as number | null };
    let done = resumed;
    let refusal: unknown;
    const { default: Queue } = await import('p-queue');
    const queue = new Queue({ concurrency: model.routes[0]!.endpoint.concurrency });
    try {
      await queue.addAll(
        open.map((asking) => async () => {
          if (context.signal?.aborted || refusal) return;
          const reserved = await budget.reserve(worstCost(config, model, asking));
          if (!reserved) return;
          const use = nothingUsed(model.alias, asking.promptHash);
          const { opinion, failure } = await opinionOf(config, asking, model, provider, outcomes, use, context);
          reserved.settle(use.cost ?? 0);
          spent.cost = spent.cost === null || use.cost === null ? null : spent.cost + use.cost;
          if (failure?.status === 'auth') refusal = failure;
          if (failure?.status === 'canceled' || refusal) return;
          const { key, query, models, order } = asking;
          const cell = failure
            ? { quality: null, status: failure.status, error: failure.message }
            : { quality: opinion, status: opinion === null ? ('unscored' as const) : ('ok' as const) };
          await journal.append({ key, id: query.id, model: models.join(' '), repeat: order, cell, judge: use });
          if (!failure) opinions.set(key, opinion);
          context.onProgress?.({ stage: 'judge', done: ++done, total: asked.length });
        }),
      );
    } finally {
      await journal.close();
    }
    throwIfAborted(context.signal);
    if (refusal) throw new VsrError('VSR_PROVIDER', `The judge ${model.alias} refuses: ${(refusal as Error).message}`);
    return { opinions, resumed, cost: spent.cost, stopped: budget.reached };
  } finally {
    lock.release();
  }
}

/** Counts what it takes into `use`. */
async function opinionOf(
  config: VsrConfig,
  asking: Asking,
  model: AskedModel,
  provider: Provider,
  outcomes: string,
  use: GrowingUse,
  context: PipelineContext,
): Promise<{ opinion: number | null; failure?: ProviderFailure }> {
  const images = await imageUrls(imagePlaces(asking.query.images, outcomes, `${outcomes}, query ${asking.query.id}`));
  try {
    const opinion = await asking.ask(async (prompt) => {
      use.calls++;
      const completion = await provider.complete({
        queryId: asking.query.id,
        alias: model.alias,
        model: model.routes[0]!.model,
        prompt,
        ...(model.systemPrompt !== undefined && { systemPrompt: model.systemPrompt }),
        images,
        maxTokens: config.scoring.judge.maxTokens,
        temperature: 0,
        seed: config.seed,
        ...(context.signal && { signal: context.signal }),
      });
      addReply(use, model.price, completion);
      return completion.text;
    });
    return { opinion };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return { opinion: null, failure: error };
  }
}

/** Of both tries of one opinion; unknown = alone, with all that is left. */
function worstCost(config: VsrConfig, { price, systemPrompt }: AskedModel, { prompt }: Asking): number {
  const { maxTokens } = config.scoring.judge;
  const input = 2 * mostTokens(systemPrompt, prompt, 'x'.repeat(AGAIN_CHARACTERS));
  return costOf(price, { inputTokens: input, outputTokens: 2 * maxTokens }) ?? Number.POSITIVE_INFINITY;
}

/** More than asking again adds. */
const AGAIN_CHARACTERS = 500;

async function openJudge(
  config: VsrConfig,
  alias: string,
  outcomes: string,
  judged: readonly JudgedQuery[],
  tools: BenchmarkTools,
  context: PipelineContext,
): Promise<{ model: AskedModel; provider: Provider }> {
  const queries = judged.map(({ query }) => query);
  const file = { path: outcomes, queries, recorded: new Map(), recordedModels: [] };
  const only = { ...config, benchmark: { ...config.benchmark, models: [alias] } };
  const cataloguePath = catalogueSource(config, false);
  const catalogue = cataloguePath ? await readCatalogue(cataloguePath) : new Map();
  const [model] = askedModels(only, file, catalogue, () => false, '--judge-model') as [AskedModel];
  const modalities = config.modelConfig[alias]?.modalities ?? catalogue.get(alias)?.modalities ?? [];
  const shown = queries.filter(({ images }) => images.length > 0).length;
  if (shown > 0 && takesImages(modalities) === false) {
    throw new VsrError('VSR_CONFIG', `The judge ${alias} does not see, and ${shown} queries show an image.`, {
      hint: 'Choose a --judge-model that takes images.',
    });
  }
  const told = { environment: environment(), onWarning: context.onWarning, ...tools };
  const providers = await openProviders([model], file, only, told);
  return { model, provider: providers.get(model.routes[0]!.endpoint.name)! };
}

function refuseSelf(config: VsrConfig, alias: string, judged: readonly JudgedQuery[]): void {
  if (config.scoring.judge.allowSelf || !judged.some(({ answers }) => answers.has(alias))) return;
  throw new VsrError('VSR_CONFIG', `${alias} is both the judge and one of the models to be judged.`, {
    hint: 'Choose another --judge-model, or set scoring.judge.allow_self: true.',
  });
}

async function humanLabels(path: string, queries: ReadonlyMap<string, unknown>): Promise<Label[]> {
  const labels = await readLabels(path);
  const stray = labels.find(({ id }) => !queries.has(id));
  if (!stray)
    return labels.map((label) => ({ ...label, source: label.source === 'human' ? `human:${path}` : label.source }));
  throw new VsrError('VSR_DATA', `${stray.where}: id must be that of a query of the outcomes, got "${stray.id}".`);
}
