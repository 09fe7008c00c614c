// outcomes.meta.json: what a benchmark run was made with, beside its outcomes.jsonl.
import { existsSync, readFileSync } from 'node:fs';
import { metaPathOf } from '../data/read-outcomes.js';
import { VsrError } from '../errors/vsr-error.js';

export const OUTCOMES_FORMAT = 'vsr.outcomes/1';

export interface OutcomesMeta {
  readonly format: typeof OUTCOMES_FORMAT;
  /** Aliases, in the order they were asked. */
  readonly models: readonly string[];
  /** true: the queries and answers are the bundled example's. */
  readonly example: boolean;
  /** Dollars per million tokens by alias; null = unknown. */
  readonly prices: Readonly<
    Record<string, { readonly inputPrice: number | null; readonly outputPrice: number | null }>
  >;
  /** Call parameters and scoring options of the run. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly scoring: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** 0 = all. */
  readonly queryLimit: number;
  /** Hash of the prompt templates. */
  readonly prompts: string;
  readonly version: string;
  /** How often each model was asked each query; absent = once. */
  readonly repeats?: number;
}

/** The meta file beside an outcomes file; undefined where there is none. Throws `VSR_DATA` for a damaged one. */
export function readOutcomesMeta(outcomesPath: string): OutcomesMeta | undefined {
  const path = metaPathOf(outcomesPath);
  if (!existsSync(path)) return undefined;
  try {
    const meta = JSON.parse(readFileSync(path, 'utf8')) as OutcomesMeta;
    if (meta?.format === OUTCOMES_FORMAT) return meta;
  } catch (cause) {
    throw new VsrError('VSR_DATA', `${path} is not JSON.`, { hint: 'Delete it, or run vsr benchmark again.', cause });
  }
  throw new VsrError('VSR_DATA', `${path}: expected format "${OUTCOMES_FORMAT}".`, {
    hint: 'Delete it, or run vsr benchmark again.',
  });
}
