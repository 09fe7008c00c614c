// One query as every command knows it, in our spelling (files keep the community's: formats in data/read-queries.ts).

export interface Choices {
  readonly labels: readonly string[];
  readonly text: readonly string[];
}

export type Split = 'train' | 'validation' | 'test';

export interface Query {
  /** First 16 hex digits of SHA-256 over JSON [task_name, query, ground_truth, choices] unless the file gives one. */
  readonly id: string;
  readonly query: string;
  /** Accepted answers; a list counts as its best item; null = no truth. */
  readonly groundTruth: string | readonly string[] | null;
  readonly metric: string | null;
  readonly choices: Choices | null;
  readonly category: string | null;
  readonly taskName: string | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly images: readonly string[];
  /** Wins over the hash split where given. */
  readonly split: Split | null;
  /** Every other key of the row, written back unchanged. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A query of which nothing but its text is known; `id` is empty. */
export function bareQuery(query: string): Query {
  return {
    id: '',
    query,
    groundTruth: null,
    metric: null,
    choices: null,
    category: null,
    taskName: null,
    userId: null,
    sessionId: null,
    images: [],
    split: null,
    extra: {},
  };
}
