// One row of outcomes.jsonl to an OutcomeRow and back: {"query":"2+2?","outcomes":{"a":{"quality":1,"latency":812,"status":"ok"}}}
// or, short, {"query":"2+2?","scores":{"a":1,"b":0.5}}
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import { type JsonObject, objectAt, optionalAmount, optionalText, optionalTexts, wrong } from './field.js';
import { type OutcomeCell, type OutcomeRow, STATUSES, type Status } from './outcome.js';
import { type QueryRowOptions, queryFromRow, queryToRow } from './query-row.js';

export interface OutcomeRowOptions extends QueryRowOptions {
  /** Qualities of the file are divided by this (10 for marks from 0 to 10); default 1. */
  readonly scale?: number;
}

/** Statuses that come with a quality; every other one is a missing cell. */
const ANSWERED: ReadonlySet<Status> = new Set(['ok', 'empty', 'refused', 'truncated', 'filtered', 'too_long']);

/** Throws VSR_DATA that starts with `where` and names the key. */
export function outcomeFromRow(row: unknown, where: string, options: OutcomeRowOptions = {}): OutcomeRow {
  const fields = objectAt(row, `${where}: a row`);
  const query = queryFromRow(fields, where, options);
  if (fields.outcomes !== undefined) {
    const cells = objectAt(fields.outcomes, `${where}: outcomes`, 'an object with a cell per model');
    const outcomes: Record<string, OutcomeCell> = {};
    for (const model of Object.keys(cells)) {
      const cell = cellFrom(cells[model], `${where}: outcomes.${model}`, options);
      if (model === '__proto__') Object.defineProperty(outcomes, model, { value: cell, enumerable: true });
      else outcomes[model] = cell;
    }
    return { query, outcomes };
  }
  if (fields.scores !== undefined) {
    const scores = Object.entries(objectAt(fields.scores, `${where}: scores`, 'an object with a number per model'));
    const outcomes = scores.flatMap(([model, score]): [string, OutcomeCell][] => {
      const quality = qualityFrom(score, `${where}: scores.${model}`, options);
      return quality === null ? [] : [[model, { quality, status: 'ok' }]];
    });
    return { query, outcomes: Object.fromEntries(outcomes) };
  }
  throw new VsrError('VSR_DATA', `${where}: expected the key outcomes or scores, got neither.`, {
    hint: 'A file without outcomes is input for `vsr benchmark`, which writes them.',
  });
}

/** The row as outcomes.jsonl holds it, always in the long form. */
export function outcomeRowToJson(row: OutcomeRow): JsonObject {
  return { ...queryToRow(row.query), outcomes: row.outcomes };
}

function cellFrom(value: unknown, where: string, options: OutcomeRowOptions): OutcomeCell {
  const fields = objectAt(value, where, 'an object with quality');
  const status = statusFrom(fields.status, where);
  if (fields.quality === undefined && (status === undefined || ANSWERED.has(status)))
    throw wrong(`${where}.quality`, 'a number in [0, 1] or null', undefined);
  const quality = qualityFrom(fields.quality ?? null, `${where}.quality`, options);
  // A timeout counts 0 where scoring.timeout says so.
  if (quality !== null && status !== undefined && !ANSWERED.has(status) && !(status === 'timeout' && quality === 0))
    throw wrong(`${where}.quality`, `null, because status ${status} is a missing cell`, fields.quality);
  // key by key, since lists of keys would take most of the time that reading takes
  const cell: { -readonly [K in keyof OutcomeCell]: OutcomeCell[K] | null } = {
    quality,
    status: status ?? (quality === null ? 'unscored' : 'ok'),
  };
  if (fields.latency !== undefined) cell.latency = optionalAmount(fields, 'latency', where) ?? null;
  if (fields.ttft !== undefined) cell.ttft = optionalAmount(fields, 'ttft', where) ?? null;
  if (fields.inputTokens !== undefined) cell.inputTokens = optionalAmount(fields, 'inputTokens', where) ?? null;
  if (fields.outputTokens !== undefined) cell.outputTokens = optionalAmount(fields, 'outputTokens', where) ?? null;
  if (fields.cost !== undefined) cell.cost = optionalAmount(fields, 'cost', where) ?? null;
  if (fields.attempts !== undefined) cell.attempts = optionalAmount(fields, 'attempts', where) ?? null;
  if (fields.error !== undefined) cell.error = optionalText(fields, 'error', where);
  if (fields.extracted !== undefined) cell.extracted = optionalText(fields, 'extracted', where);
  if (fields.flags !== undefined) cell.flags = optionalTexts(fields, 'flags', where);
  if (fields.repeats !== undefined) cell.repeats = repeatsFrom(fields.repeats, `${where}.repeats`, options);
  return cell as OutcomeCell;
}

function qualityFrom(value: unknown, where: string, { scale = 1 }: OutcomeRowOptions): number | null {
  if (value === null) return null;
  const quality = typeof value === 'number' ? value / scale : Number.NaN;
  if (quality >= 0 && quality <= 1) return quality;
  const range = scale === 1 ? 'in [0, 1]' : `in [0, ${scale}] (scoring.scale)`;
  throw wrong(
    where,
    typeof value === 'number' ? range : `a number ${range} or null`,
    value,
    'Divide by the maximum, or set scoring.scale.',
  );
}

function statusFrom(value: unknown, where: string): Status | undefined {
  if (value === undefined || value === null) return undefined;
  const status = STATUSES.find((known) => known === value);
  if (status !== undefined) return status;
  const nearest = typeof value === 'string' ? nearestName(value, STATUSES) : undefined;
  throw wrong(`${where}.status`, `one of ${STATUSES.join(', ')}`, value, nearest && `Did you mean ${nearest}?`);
}

function repeatsFrom(value: unknown, where: string, options: OutcomeRowOptions): number[] | null {
  if (value === null) return null;
  if (!Array.isArray(value)) throw wrong(where, 'a list of numbers', value);
  return value.map((item, i) => {
    const quality = qualityFrom(item, `${where}[${i}]`, options);
    if (quality === null) throw wrong(`${where}[${i}]`, 'a number in [0, 1]', item);
    return quality;
  });
}
