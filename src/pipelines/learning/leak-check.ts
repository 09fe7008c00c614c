// Refuses, names or drops queries of a later split that stand, wholly or nearly, in an earlier one.
import { findLeaks, type Leaks } from '../../data/leaks.js';
import { findNearLeaks, type NearLeak } from '../../data/near-leaks.js';
import type { Query, Split } from '../../data/query.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { PipelineContext } from '../context.js';

export type LeakMode = 'error' | 'warn' | 'exclude';

export interface LeakCheck {
  /** Rows of a later split whose normalised text stands in an earlier one, and rows that nearly do. */
  readonly count: number;
  readonly near: number;
  /** true: both kinds were left out. */
  readonly excluded: boolean;
}

export interface CheckedRows extends LeakCheck {
  /** Rows that stay, ascending. */
  readonly kept: readonly number[];
}

/**
 * Throws `VSR_LEAK` for equal texts under `error`; near ones are only warned of.
 * @param textGroups [N] equal number = same normalised text
 */
export function checkLeaks(
  queries: readonly Query[],
  splits: readonly Split[],
  textGroups: Int32Array,
  mode: LeakMode,
  path: string,
  context: PipelineContext,
): CheckedRows {
  const leaks = findLeaks(queries, splits, textGroups);
  if (leaks.count > 0) reportLeaks(leaks, mode, path, context);
  const near = findNearLeaks(queries, splits);
  if (near.length > 0) context.onWarning?.(nearSentence(near, queries, mode, path));
  const excluded = mode === 'exclude' && leaks.count + near.length > 0;
  const dropped = new Set(excluded ? [...leaks.rows, ...near.map(({ row }) => row)] : []);
  return {
    count: leaks.count,
    near: near.length,
    excluded,
    kept: [...queries.keys()].filter((row) => !dropped.has(row)),
  };
}

/** Throws `VSR_LEAK` under `error`; else says what was found and what becomes of it. */
function reportLeaks(leaks: Leaks, mode: LeakMode, path: string, context: PipelineContext): void {
  const example = leaks.examples[0]!;
  const sentence = `${path}: ${leaks.count} queries of a later split stand in an earlier one too (same text after normalising), such as "${example.query.slice(0, 80)}" in ${example.split} and ${example.alsoIn}`;
  if (mode === 'error') {
    throw new VsrError('VSR_LEAK', `${sentence}.`, {
      hint: 'Drop them with --leak-check exclude, or keep them with --leak-check warn.',
    });
  }
  context.onWarning?.(mode === 'exclude' ? `${sentence}; they are left out.` : `${sentence}; figures will flatter.`);
}

function nearSentence(near: readonly NearLeak[], queries: readonly Query[], mode: LeakMode, path: string): string {
  const [first] = near as [NearLeak];
  const many = near.length === 1 ? '1 query nearly stands' : `${near.length} queries nearly stand`;
  const sentence = `${path}: ${many} in an earlier split too (five-word runs overlap by 0.8 or more), such as "${queries[first.row]!.query.replace(/\s+/g, ' ').slice(0, 80)}" (${first.jaccard.toFixed(2)})`;
  return mode === 'exclude' ? `${sentence}; left out.` : `${sentence}; --leak-check exclude leaves them out.`;
}
