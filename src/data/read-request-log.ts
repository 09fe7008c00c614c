// Reads the log of a gateway: lines of requests, and lines of what people said of their answers, put together by id.
// {"id":"vsr-1","user_id":"3","outcomes":{"a":{"quality":null,"latency":812,"status":"unscored"}},"decision":{"model":"a","arm":"routed"}}
// {"id":"vsr-1","outcomes":{"a":{"quality":1,"status":"ok"}},"decision":{"feedback":true}}
import { type JsonObject, objectAt } from './field.js';
import { readJsonLines } from './jsonl.js';
import type { OutcomeCell } from './outcome.js';
import { outcomeFromRow } from './outcome-row.js';
import type { Query } from './query.js';

export interface LoggedRequest {
  /** The line of the request, as it stands there. */
  readonly row: JsonObject;
  /** Its text is the id where texts are not kept. */
  readonly query: Query;
  readonly hasText: boolean;
  /** Of the newest ratings and of what was asked. */
  readonly outcomes: Readonly<Record<string, OutcomeCell>>;
  readonly rated: boolean;
  /** true: nobody answered; null: nobody can know, as the client left or only decided here. */
  readonly failed: boolean | null;
  /** Whether another model failed first; null without an answer. */
  readonly fellBack: boolean | null;
}

/** In the order of the log. Throws `VSR_FILE`, `VSR_DATA` with file and line. */
export async function readRequestLog(path: string): Promise<LoggedRequest[]> {
  const requests = new Map<string, Mutable<LoggedRequest>>();
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const row = objectAt(value, `${where}: a row`);
    const decision: JsonObject = row.decision === undefined ? {} : objectAt(row.decision, `${where}: decision`);
    const id = String(row.id ?? `line ${line}`);
    const hasText = typeof row.query === 'string' && row.query.trim() !== '';
    const { query, outcomes } = outcomeFromRow({ ...row, id, query: hasText ? row.query : id }, where);
    const rated = decision.feedback === true;
    const known = requests.get(id);
    if (!known) {
      requests.set(id, { row, query, hasText, outcomes, rated, ...fate(outcomes, decision) });
      continue;
    }
    const merged: Record<string, OutcomeCell> = { ...known.outcomes };
    for (const [model, cell] of Object.entries(outcomes)) {
      merged[model] = rated ? { ...merged[model], ...cell } : { ...cell, ...merged[model] };
    }
    known.outcomes = merged;
    known.rated ||= rated;
  }
  return [...requests.values()];
}

function fate(
  outcomes: Readonly<Record<string, OutcomeCell>>,
  { model, feedback, error }: JsonObject,
): Pick<LoggedRequest, 'failed' | 'fellBack'> {
  const status = outcomes[String(model)]?.status;
  if (feedback === true || status === undefined || status === 'canceled') return { failed: null, fellBack: null };
  const failed = error !== undefined || !ANSWERED.has(status);
  const others = Object.entries(outcomes).filter(([name]) => name !== model);
  return { failed, fellBack: failed ? null : others.some(([, cell]) => !ANSWERED.has(cell.status)) };
}

const ANSWERED: ReadonlySet<string> = new Set(['unscored', 'ok']);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
