// Writes what a run found: responses.jsonl, outcomes.meta.json and, last, outcomes.jsonl; rows in the order of the queries.
import { writeFileAtomically } from '../../artifacts/atomic-write.js';
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeCell } from '../../data/outcome.js';
import { outcomeRowToJson } from '../../data/outcome-row.js';
import { OUTCOMES_FORMAT, type OutcomesMeta } from '../outcomes-meta.js';
import { VERSION } from '../version.js';
import { type JournalAnswers, type KeptCall, openAnswers } from './journal.js';
import type { AskedModel } from './models.js';
import type { RunPaths } from './paths.js';
import type { Call } from './plan.js';
import { templateHash } from './prompt.js';
import { cellOfRepeats } from './repeats.js';

export interface RunResults {
  /** All calls of the plan: query by query, model by model, repeat by repeat. */
  readonly calls: readonly Call[];
  /** One a call. */
  readonly cells: readonly OutcomeCell[];
  readonly repeats: number;
  readonly models: readonly AskedModel[];
  /** Finished calls, by key. */
  readonly finished: ReadonlyMap<string, KeptCall>;
  /** true: the queries are the bundled example's. */
  readonly example: boolean;
  readonly judge: { readonly model: string; readonly promptHash: string } | null;
}

/** The cells of all calls, made or not, in the order of the plan. */
export function cellsOf(
  calls: readonly Call[],
  finished: ReadonlyMap<string, KeptCall>,
  unmade: ReadonlyMap<string, OutcomeCell>,
): OutcomeCell[] {
  return calls.map(({ key }) => finished.get(key)?.cell ?? unmade.get(key) ?? CANCELED);
}

const CANCELED: OutcomeCell = { quality: null, status: 'canceled' };

/**
 * Queries without a single finished call are left out. Equal results give equal bytes, however often the run was cut.
 * Throws `VSR_FILE`; each file is then the old or the new one.
 */
export function writeResults(paths: RunPaths, config: VsrConfig, results: RunResults): void {
  if (!config.benchmark.noResponses) {
    const answers = openAnswers(paths.journal);
    try {
      writeFileAtomically(paths.responses, inBlocks(responseLines(results, answers)));
    } finally {
      answers.close();
    }
  }
  writeFileAtomically(paths.meta, `${JSON.stringify(metaOf(config, results), null, 2)}\n`);
  writeFileAtomically(paths.outcomes, inBlocks(outcomeLines(results)));
}

/** One write a line would take longer than the lines themselves. */
function* inBlocks(lines: Iterable<string>): Generator<string> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < BLOCK_LENGTH) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

const BLOCK_LENGTH = 1 << 18;

function* outcomeLines(results: RunResults): Generator<string> {
  const { calls, cells, models, repeats, finished } = results;
  const perQuery = models.length * repeats;
  for (let start = 0; start < calls.length; start += perQuery) {
    const row = calls.slice(start, start + perQuery);
    if (!row.some(({ key }) => finished.has(key))) continue;
    const outcomes: Record<string, OutcomeCell> = {};
    for (let i = 0; i < perQuery; i += repeats) {
      const own = cells.slice(start + i, start + i + repeats);
      outcomes[row[i]!.model.alias] = repeats === 1 ? own[0]! : cellOfRepeats(own);
    }
    yield `${JSON.stringify(outcomeRowToJson({ query: row[0]!.question.query, outcomes }))}\n`;
  }
}

function* responseLines({ calls, finished }: RunResults, answers: JournalAnswers): Generator<string> {
  for (const { key, repeat } of calls) {
    const kept = finished.get(key);
    const response = kept && answers.response(kept);
    if (!response) continue;
    const { text, finishReason } = response;
    const which = repeat > 0 ? { repeat } : {};
    yield `${JSON.stringify({ id: kept.id, model: kept.model, ...which, response: text, finishReason })}\n`;
  }
}

/** Nothing here changes from one run to the next of the same command: no time, no key, no path. */
function metaOf(
  { scoring, seed, benchmark }: VsrConfig,
  { models, example, judge, repeats }: RunResults,
): OutcomesMeta {
  return {
    format: OUTCOMES_FORMAT,
    version: VERSION,
    models: models.map(({ alias }) => alias),
    example,
    seed,
    queryLimit: benchmark.queryLimit,
    params: Object.fromEntries(
      models.map(({ alias, routes, maxTokens, temperature }) => [
        alias,
        {
          models: [...new Set(routes.map(({ endpoint, model }) => `${endpoint.type}: ${model}`))],
          maxTokens,
          temperature,
        },
      ]),
    ),
    prompts: templateHash(benchmark.concise),
    scoring: {
      numericTolerance: scoring.numericTolerance,
      truncated: scoring.truncated,
      timeout: scoring.timeout,
      ...(Object.keys(benchmark.scorer).length > 0 && { scorers: benchmark.scorer }),
      ...(judge && { judge: { model: judge.model, prompt: judge.promptHash, style: scoring.judge.style } }),
    },
    ...(repeats > 1 && { repeats }),
    prices: Object.fromEntries(
      models.map(({ alias, price }) => [
        alias,
        { inputPrice: price?.input ?? null, outputPrice: price?.output ?? null },
      ]),
    ),
  };
}
