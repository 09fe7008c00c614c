// What one model did with one query, and the row that holds a query with all its outcomes.
import type { Query } from './query.js';

/** Why a cell holds what it holds; the first six have a quality, the rest are missing cells. */
export const STATUSES = [
  'ok',
  'empty',
  'refused',
  'truncated',
  'filtered',
  'too_long',
  'rate_limited',
  'timeout',
  'server_error',
  'network',
  'auth',
  'bad_request',
  'unscored',
  'skipped',
  'canceled',
] as const;

export type Status = (typeof STATUSES)[number];

/** latency and ttft in milliseconds, cost in US dollars, quality in [0, 1] or null = missing (never 0). */
export interface OutcomeCell {
  readonly quality: number | null;
  readonly status: Status;
  readonly latency?: number | null;
  readonly ttft?: number | null;
  readonly inputTokens?: number | null;
  readonly outputTokens?: number | null;
  readonly cost?: number | null;
  readonly attempts?: number;
  readonly error?: string;
  readonly extracted?: string | null;
  readonly flags?: readonly string[];
  readonly repeats?: readonly number[];
}

/** A query with its outcome vector, keyed by model alias; an absent key is a missing cell. */
export interface OutcomeRow {
  readonly query: Query;
  readonly outcomes: Readonly<Record<string, OutcomeCell>>;
}
