// Which files a command works on: the ones named, else the ones lying here, else the bundled example.
import { existsSync } from 'node:fs';
import type { VsrConfig } from '../config/schema.js';
import { bundledFile } from '../data/bundled.js';

export interface Source {
  readonly path: string;
  /** true: nothing of the user's was found, the bundled example takes over. */
  readonly example: boolean;
}

export const EXAMPLE_NOTICE =
  'No config and no data here: using the bundled example (9 models, 5,989 queries). `vsr init` starts a project of your own.';

export const FROM_EXAMPLE_NOTICE =
  'What lies here was made from the bundled example. `vsr init` in another folder starts a project of your own.';

/** What `benchmark` asks: --data-file, data.queries, ./queries.jsonl, else the example. A named file that is missing is left for its reader to refuse. */
export function querySource(config: VsrConfig): Source {
  return firstOf([config.benchmark.dataFile, config.data.queries], 'queries.jsonl', 'example/outcomes.jsonl');
}

/** What `train` and `analyze` read: their --data-file, data.outcomes, what `benchmark` writes here, else the example. */
export function outcomeSource(config: VsrConfig, dataFile: string | undefined): Source {
  return firstOf([dataFile, config.data.outcomes], config.benchmark.output, 'example/outcomes.jsonl');
}

/** The catalogue with prices: data.models, ./models.json, the example's for the example; else none. */
export function catalogueSource(config: VsrConfig, example: boolean): string | undefined {
  return config.data.models ?? present('models.json') ?? (example ? bundledFile('example/models.json') : undefined);
}

/** Preferences per user: data.users, ./users.jsonl, the example's for the example; else none. */
export function userSource(config: VsrConfig, example: boolean): string | undefined {
  return config.data.users ?? present('users.jsonl') ?? (example ? bundledFile('example/users.jsonl') : undefined);
}

function firstOf(named: (string | undefined)[], usual: string, bundled: string): Source {
  const path = named.find((name) => name !== undefined) ?? present(usual);
  return path === undefined ? { path: bundledFile(bundled), example: true } : { path, example: false };
}

function present(name: string): string | undefined {
  return existsSync(name) ? name : undefined;
}
