// LLMRouter's training table, JSONL or CSV, one row per query and model:
// {"task_name":"mmlu","query":"…","ground_truth":"B","metric":"em_mc","model_name":"a","response":"…","response_time":1.2,"performance":0.85}
import { optionalAmount, optionalText, wrong } from '../field.js';
import type { OutcomeCell, OutcomeRow } from '../outcome.js';
import { queryFromRow } from '../query-row.js';
import { readTableRows } from './llmrouter-rows.js';

export interface LlmRouterTable {
  /** In order of each query's first row. */
  readonly rows: readonly OutcomeRow[];
  /** Rows left out because their query and model stood before. */
  readonly repeated: number;
  /** Failed calls, read as missing cells. */
  readonly failed: number;
}

/** Keys of one call, which are no part of the query. */
const CALL_KEYS = [
  'model_name',
  'response',
  'response_time',
  'performance',
  'input_tokens',
  'output_tokens',
  'token_num',
  'embedding',
  'fig_id',
  'user_id',
];
const FAILED = /^(Error:|ERROR|API Error)/;

/** Grouped by (task_name, query, ground_truth); seconds become milliseconds. Throws `VSR_FILE` and `VSR_DATA`: the first bad row stops the read. */
export async function readLlmRouter(
  path: string,
  { scale = 1 }: { readonly scale?: number } = {},
): Promise<LlmRouterTable> {
  const groups = new Map<string, { query: OutcomeRow['query']; outcomes: Record<string, OutcomeCell> }>();
  let repeated = 0;
  let failed = 0;
  for await (const { fields, where } of readTableRows(path)) {
    const model = optionalText(fields, 'model_name', where);
    if (model === null) throw wrong(`${where}: model_name`, 'the name of a model', fields.model_name);
    const query = queryFromRow(
      Object.fromEntries(Object.entries(fields).filter(([key]) => !CALL_KEYS.includes(key))),
      where,
    );
    const key = JSON.stringify([query.taskName, query.query, query.groundTruth]);
    const group = groups.get(key) ?? { query, outcomes: {} };
    groups.set(key, group);
    if (Object.hasOwn(group.outcomes, model)) {
      repeated++;
      continue;
    }
    const latency = optionalAmount(fields, 'response_time', where);
    const known = {
      ...(latency !== undefined && { latency: latency * 1000 }),
      ...amount('inputTokens', optionalAmount(fields, 'input_tokens', where)),
      ...amount('outputTokens', optionalAmount(fields, 'output_tokens', where)),
    };
    const performance = optionalAmount(fields, 'performance', where);
    const quality = performance === undefined ? Number.NaN : performance / scale;
    if (!(quality >= 0 && quality <= 1)) {
      throw wrong(
        `${where}: performance`,
        `a number in [0, ${scale}]`,
        fields.performance,
        'Divide by the maximum, or set scoring.scale.',
      );
    }
    const response = typeof fields.response === 'string' ? fields.response : '';
    const isFailed = quality === 0 && FAILED.test(response);
    if (isFailed) failed++;
    group.outcomes[model] = isFailed
      ? { quality: null, status: 'server_error', error: response.slice(0, 200), ...known }
      : { quality, status: 'ok', ...known };
  }
  return { rows: [...groups.values()], repeated, failed };
}

function amount(key: string, value: number | undefined): Record<string, number> {
  return value === undefined ? {} : { [key]: value };
}
