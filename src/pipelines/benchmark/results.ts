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
  readonly repeats: number;
  readonly models: readonly AskedModel[];
  /** Finished calls, by key. */
  readonly finished: ReadonlyMap<string, KeptCall>;
  /** Cells of calls that were not made, by key. */
  readonly unmade: ReadonlyMap<string, OutcomeCell>;
  /** true: the queries are the bundled example's. */
  readonly example: boolean;
  readonly judge: { readonly model: string; readonly promptHash: string } | null;
}

/** The cell of one call, made or not. */
export function cellOfCall({ finished, unmade }: Pick<RunResults, 'finished' | 'unmade'>, { key }: Call): OutcomeCell {
  return finished.get(key)?.cell ?? unmade.get(key) ?? CANCELED;
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
      writeFileAtomically(paths.responses, responseLines(results, answers));
    } finally {
      answers.close();
    }
  }
  writeFileAtomically(paths.meta, `${JSON.stringify(metaOf(config, results), null, 2)}\n`);
  writeFileAtomically(paths.outcomes, outcomeLines(results));
}

function* outcomeLines(results: RunResults): Generator<string> {
  const { calls, models, repeats, finished } = results;
  const perQuery = models.length * repeats;
  for (let start = 0; start < calls.length; start += perQuery) {
    const row = calls.slice(start, start + perQuery);
    if (!row.some(({ key }) => finished.has(key))) continue;
    const outcomes: Record<string, OutcomeCell> = {};
    for (let i = 0; i < perQuery; i += repeats) {
      const cells = row.slice(i, i + repeats).map((call) => cellOfCall(results, call));
      outcomes[row[i]!.model.alias] = cellOfRepeats(cells);
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
