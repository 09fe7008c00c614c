// The files of one benchmark run, by its output: outcomes.jsonl, outcomes.meta.json, responses.jsonl, the journal and its lock.
import { basename, dirname, join } from 'node:path';
import { metaPathOf } from '../../data/read-outcomes.js';

export interface RunPaths {
  readonly outcomes: string;
  readonly meta: string;
  readonly responses: string;
  readonly journal: string;
  readonly lock: string;
}

/** Beside outcomes.jsonl the answers are responses.jsonl; beside any other name.jsonl they are name.responses.jsonl. */
export function runPaths(output: string): RunPaths {
  const stem = basename(output).replace(/\.jsonl$/i, '');
  const journal = `${output}.journal`;
  return {
    outcomes: output,
    meta: metaPathOf(output),
    responses: join(dirname(output), stem === 'outcomes' ? 'responses.jsonl' : `${stem}.responses.jsonl`),
    journal,
    lock: `${journal}.lock`,
  };
}
