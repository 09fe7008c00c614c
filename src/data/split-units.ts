// Splits that hold out whole tasks, users or sessions instead of single queries.
import { VsrError } from '../errors/vsr-error.js';
import { contentText } from './content-text.js';
import { normaliseText } from './normalise-text.js';
import type { Query, Split } from './query.js';
import { type SplitOptions, uniformHash } from './splits.js';

export type SplitBy = 'query' | 'task' | 'user' | 'session';

/** What a query is held out with; a query without task, user or session stands alone, by its text. */
export function unitOf(query: Query, by: SplitBy): string {
  const name = {
    query: null,
    task: query.taskName ?? query.category,
    user: query.userId,
    session: query.sessionId,
  }[by];
  return name === null ? `text ${normaliseText(contentText(query))}` : `${by} ${name}`;
}

/**
 * A split per query, whole units together: the units, in the order of a seeded hash, fill test, then validation, then train, each
 * at least one unit where its ratio is above 0. A `split` in the data is not looked at: it holds out other things.
 * Throws `VSR_DATA` where no query names a unit, or there are too few units to part.
 */
export function assignUnitSplits(queries: readonly Query[], by: SplitBy, { ratios, seed }: SplitOptions): Split[] {
  const units = queries.map((query) => unitOf(query, by));
  if (!units.some((unit) => unit.startsWith(`${by} `))) {
    throw new VsrError('VSR_DATA', `--split-by ${by}: no query names its ${by}.`, {
      hint: `Give the rows a ${KEYS[by]}, or split by query.`,
    });
  }
  const sizes = new Map<string, number>();
  for (const unit of units) sizes.set(unit, (sizes.get(unit) ?? 0) + 1);
  const [, validation, test] = ratios;
  const parts = 1 + Number(validation > 0) + Number(test > 0);
  if (sizes.size < parts) {
    throw new VsrError('VSR_DATA', `--split-by ${by}: ${parts} parts need ${parts} of them, here is ${sizes.size}.`, {
      hint: 'Split by query, or give --split a share of 0.',
    });
  }
  const ordered = [...sizes].sort(([a], [b]) => uniformHash(a, seed) - uniformHash(b, seed) || (a < b ? -1 : 1));
  const splitOf = new Map<string, Split>();
  let next = 0;
  const fill = (split: Split, share: number, leave: number) => {
    let filled = 0;
    while (share > 0 && next < ordered.length - leave && (filled === 0 || filled < share * queries.length - 1e-9)) {
      splitOf.set(ordered[next]![0], split);
      filled += ordered[next++]![1];
    }
  };
  fill('test', test, parts - 1);
  fill('validation', validation, 1);
  for (; next < ordered.length; next++) splitOf.set(ordered[next]![0], 'train');
  return units.map((unit) => splitOf.get(unit)!);
}

const KEYS = { query: 'query', task: 'task_name', user: 'user_id', session: 'session_id' } as const;
