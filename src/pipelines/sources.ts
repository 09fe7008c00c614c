// Which files a command works on: the ones named, else the ones lying here, else the bundled example.
import { existsSync, readFileSync } from 'node:fs';
import { sha256 } from '../artifacts/manifest.js';
import type { VsrConfig } from '../config/schema.js';
import { bundledFile } from '../data/bundled.js';
import { VsrError } from '../errors/vsr-error.js';

export interface Source {
  readonly path: string;
  /** true: nothing of the user's was found, the bundled example takes over. */
  readonly example: boolean;
  /** true: a project's outcomes that `benchmark` has not written yet. */
  readonly awaited?: true;
  /** true: votes alone, of which outcomes are made. */
  readonly votes?: true;
}

export const EXAMPLE_NOTICE =
  'No config and no data here: using the bundled example (9 models, 5,989 queries). `vsr init` starts a project of your own.';

export const VOTES_EXAMPLE = bundledFile('votes-example/votes.jsonl');

export const VOTES_EXAMPLE_NOTICE =
  'Using the bundled votes (65 people, 6 models, 3,355 votes): outcomes are shares of comparisons won.';

export const VOTES_NOTICE =
  'There are votes and no outcomes: a model counts on a query as good as the share of its comparisons there that it won.';

export const FROM_EXAMPLE_NOTICE =
  'What lies here was made from the bundled example. `vsr init` in another folder starts a project of your own.';

/** What `benchmark` asks: --data-file, data.queries, ./queries.jsonl, else the example. A named file that is missing is left for its reader to refuse. */
export function querySource(config: VsrConfig): Source {
  return firstOf([config.benchmark.dataFile, config.data.queries], 'queries.jsonl', 'example/outcomes.jsonl');
}

/** What `train` and `analyze` read: their --data-file, data.outcomes, what `benchmark` writes here (also where it has not yet), the votes where there are some, else the example. */
export function outcomeSource(config: VsrConfig, dataFile: string | undefined): Source {
  const votes = voteSource(config);
  const others = [dataFile, config.data.outcomes, present(config.benchmark.output)];
  if (config.example === 'votes' || (votes !== undefined && others.every((path) => path === undefined))) {
    return { path: votes!, example: config.example === 'votes', votes: true };
  }
  const source = firstOf([dataFile, config.data.outcomes], config.benchmark.output, 'example/outcomes.jsonl');
  return source.example && isProject(config)
    ? { path: config.benchmark.output, example: false, awaited: true }
    : source;
}

/**
 * The configuration, with the bundled votes for its example where no data is named and an artifact was trained on them.
 * @param trainedOn SHA-256 of the file that it was trained on
 */
export function withVotesExample(config: VsrConfig, dataFile: string | undefined, trainedOn: string): VsrConfig {
  const named = [config.example, dataFile, config.data.outcomes, config.data.votes].some((name) => name !== undefined);
  return named || trainedOn !== sha256(readFileSync(VOTES_EXAMPLE)) ? config : { ...config, example: 'votes' };
}

/** Throws `VSR_FILE` for a project that has asked nobody yet. */
export function requireOutcomes({ path, awaited }: Source): void {
  if (!awaited) return;
  throw new VsrError('VSR_FILE', `${path} does not exist: nobody has been asked yet.`, {
    hint: 'Run vsr benchmark, or name outcomes with --data-file. The bundled example takes over only where neither models nor queries are.',
  });
}

/** Who has models or queries of their own waits for their own outcomes: the example's would answer another question. */
function isProject(config: VsrConfig): boolean {
  const queries = config.benchmark.dataFile ?? config.data.queries ?? present('queries.jsonl');
  return queries !== undefined || Object.keys(config.modelConfig).length > 0;
}

/** The catalogue with prices: data.models, ./models.json, the example's for the example; else none. */
export function catalogueSource(config: VsrConfig, example: boolean): string | undefined {
  return config.data.models ?? present('models.json') ?? (example ? bundledFile('example/models.json') : undefined);
}

/** People's votes: the bundled ones where the configuration asks for them, else data.votes. */
export function voteSource(config: VsrConfig): string | undefined {
  return config.example === 'votes' ? VOTES_EXAMPLE : config.data.votes;
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
