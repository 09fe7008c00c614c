// Decisions as LLMRouter's inference writes them, one object a query (its cli/router_inference.py and route_batch):
// {"success":true,"query":"…","model_name":"a","routing_result":{"task_name":"mmlu","query":"…","ground_truth":"B","metric":"em_mc",
//  "model_name":"a","prompt_tokens":54,"completion_tokens":9,"input_token":54,"output_token":9,"task_performance":1,"success":true}}
import { existsSync } from 'node:fs';
import type { VsrConfig } from '../../config/schema.js';
import { objectAt, optionalText, wrong } from '../../data/field.js';
import { readJsonLines } from '../../data/jsonl.js';
import type { OutcomeCell, OutcomeRow, Status } from '../../data/outcome.js';
import { outcomeFromRow } from '../../data/outcome-row.js';
import { queryFromRow, queryToRow } from '../../data/query-row.js';
import { VsrError } from '../../errors/vsr-error.js';
import { runPaths } from '../benchmark/paths.js';
import type { PipelineContext } from '../context.js';
import { EXAMPLE_NOTICE, outcomeSource, querySource } from '../sources.js';

export interface LlmRouterResults {
  readonly results: readonly object[];
  /** What was read and what could not be carried, one sentence. */
  readonly held: string;
}

/** Nothing came back. */
const NO_ANSWER: ReadonlySet<Status> = new Set([
  'rate_limited',
  'timeout',
  'server_error',
  'network',
  'auth',
  'bad_request',
  'skipped',
  'canceled',
]);

/**
 * Texts and truths come from the rows that the decisions are about, outcomes and answers of the chosen model where there are any.
 * Throws `VSR_FILE` and `VSR_DATA`: a decision without id or model, or of a query that stands nowhere.
 */
export async function toLlmRouter(
  config: VsrConfig,
  decisions: string,
  context: PipelineContext,
): Promise<LlmRouterResults> {
  const decided = await readDecisions(decisions);
  const data = dataOf(config);
  if (data.example) context.onNotice?.(EXAMPLE_NOTICE);
  const wanted = new Set(decided.map(({ id }) => id));
  const rows = await readRows(data.path, wanted, config);
  const answers = await readAnswers(runPaths(data.path).responses, wanted);
  let withOutcome = 0;
  const results = decided.map(({ id, model, where }) => {
    const row = rows.get(id);
    if (!row) {
      throw new VsrError('VSR_DATA', `${where}: the query ${id} stands in no row of ${data.path}.`, {
        hint: 'Name the file that vsr infer read with --data-file.',
      });
    }
    const cell = Object.hasOwn(row.outcomes, model) ? row.outcomes[model] : undefined;
    if (cell) withOutcome++;
    const response = answers.get(JSON.stringify([id, model]));
    return {
      success: true,
      query: row.query.query,
      model_name: model,
      ...(response !== undefined && { response }),
      routing_result: {
        ...queryToRow(row.query),
        model_name: model,
        ...(response !== undefined && { response }),
        ...(cell && called(cell)),
      },
    };
  });
  const held = `${decisions}: ${decided.length} decisions, ${withOutcome} with an outcome of ${data.path}; not carried: rankings, expected costs, masks and reasons`;
  return { results, held };
}

/** A name that ends in .json is one list, as LLMRouter writes by default; any other is one object a line. */
export function llmRouterText(results: readonly object[], path: string): Iterable<string> {
  if (/\.json$/i.test(path)) return [`${JSON.stringify(results, null, 2)}\n`];
  return results.map((result) => `${JSON.stringify(result)}\n`);
}

interface DecisionLine {
  readonly id: string;
  readonly model: string;
  readonly where: string;
}

async function readDecisions(path: string): Promise<DecisionLine[]> {
  const found: DecisionLine[] = [];
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const fields = objectAt(value, `${where}: a decision`);
    const id = optionalText(fields, 'id', where);
    const model = optionalText(fields, 'model', where);
    if (id === null) throw wrong(`${where}: id`, 'the id of a query', fields.id, 'Give what vsr infer wrote.');
    if (model === null) throw wrong(`${where}: model`, 'the chosen model', fields.model, 'Give what vsr infer wrote.');
    found.push({ id, model, where });
  }
  return found;
}

/** --data-file, else the outcomes that lie here, else the queries. */
function dataOf(config: VsrConfig): { path: string; example: boolean } {
  const outcomes = outcomeSource(config, config.convert.dataFile);
  return outcomes.example || outcomes.awaited ? querySource(config) : outcomes;
}

/** Rows by id, with outcomes where the file has them; the first of equal ids counts. */
async function readRows(
  path: string,
  wanted: ReadonlySet<string>,
  { scoring }: VsrConfig,
): Promise<ReadonlyMap<string, OutcomeRow>> {
  const rows = new Map<string, OutcomeRow>();
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const fields = objectAt(value, `${where}: a row`);
    const hasOutcomes = fields.outcomes !== undefined || fields.scores !== undefined;
    const row = hasOutcomes
      ? outcomeFromRow(fields, where, scoring)
      : { query: queryFromRow(fields, where), outcomes: {} };
    if (wanted.has(row.query.id) && !rows.has(row.query.id)) rows.set(row.query.id, row);
  }
  return rows;
}

/** Answers that benchmark kept, by JSON [id, model]. */
async function readAnswers(path: string, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  if (!existsSync(path)) return answers;
  for await (const { line, value } of readJsonLines({ source: path, allowEmpty: true })) {
    const { id, model, response } = objectAt(value, `${path}:${line}: an answer`);
    if (typeof response === 'string' && wanted.has(String(id))) answers.set(JSON.stringify([id, model]), response);
  }
  return answers;
}

/** The keys of a call; tokens under both of the names that LLMRouter uses. */
function called({ quality, status, inputTokens, outputTokens }: OutcomeCell): Record<string, unknown> {
  return {
    ...(inputTokens != null && { prompt_tokens: inputTokens }),
    ...(outputTokens != null && { completion_tokens: outputTokens }),
    ...(inputTokens != null && { input_token: inputTokens }),
    ...(outputTokens != null && { output_token: outputTokens }),
    ...(quality !== null && { task_performance: quality }),
    success: !NO_ANSWER.has(status),
  };
}
