// Writes what a run found: responses.jsonl, outcomes.meta.json and, last, outcomes.jsonl; rows in the order of the queries.
import { writeFileAtomically } from '../../artifacts/atomic-write.js';
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeCell } from '../../data/outcome.js';
import { outcomeRowToJson } from '../../data/outcome-row.js';
import { OUTCOMES_FORMAT, type OutcomesMeta } from '../outcomes-meta.js';
import { VERSION } from '../version.js';
import type { JournalEntry } from './journal.js';
import type { AskedModel } from './models.js';
import type { RunPaths } from './paths.js';
import type { Call } from './plan.js';
import { TEMPLATE_HASH } from './prompt.js';

export interface RunResults {
  /** All calls of the plan: query by query, model by model. */
  readonly calls: readonly Call[];
  readonly models: readonly AskedModel[];
  /** Finished calls, by key. */
  readonly finished: ReadonlyMap<string, JournalEntry>;
  /** Cells of calls that were not made, by key. */
  readonly unmade: ReadonlyMap<string, OutcomeCell>;
  /** true: the queries are the bundled example's. */
  readonly example: boolean;
}

/**
 * Queries without a single finished call are left out. Equal results give equal bytes, however often the run was cut.
 * Throws `VSR_FILE`; each file is then the old or the new one.
 */
export function writeResults(paths: RunPaths, config: VsrConfig, results: RunResults): void {
  writeFileAtomically(paths.responses, responseLines(results));
  writeFileAtomically(paths.meta, `${JSON.stringify(metaOf(config, results), null, 2)}\n`);
  writeFileAtomically(paths.outcomes, outcomeLines(results));
}

function* outcomeLines({ calls, models, finished, unmade }: RunResults): Generator<string> {
  for (let start = 0; start < calls.length; start += models.length) {
    const row = calls.slice(start, start + models.length);
    if (!row.some(({ key }) => finished.has(key))) continue;
    const outcomes: Record<string, OutcomeCell> = {};
    for (const { key, model } of row) {
      outcomes[model.alias] = finished.get(key)?.cell ?? unmade.get(key) ?? { quality: null, status: 'canceled' };
    }
    yield `${JSON.stringify(outcomeRowToJson({ query: row[0]!.question.query, outcomes }))}\n`;
  }
}

function* responseLines({ calls, finished }: RunResults): Generator<string> {
  for (const { key } of calls) {
    const entry = finished.get(key);
    if (!entry?.response) continue;
    const { text, finishReason } = entry.response;
    yield `${JSON.stringify({ id: entry.id, model: entry.model, response: text, finishReason })}\n`;
  }
}

/** Nothing here changes from one run to the next of the same command: no time, no key, no path. */
function metaOf({ scoring, seed, benchmark }: VsrConfig, { models, example }: RunResults): OutcomesMeta {
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
    prompts: TEMPLATE_HASH,
    scoring: { numericTolerance: scoring.numericTolerance, truncated: scoring.truncated },
    prices: Object.fromEntries(
      models.map(({ alias, price }) => [
        alias,
        { inputPrice: price?.input ?? null, outputPrice: price?.output ?? null },
      ]),
    ),
  };
}
