// doctor: what is live here, what is missing, and the command that closes each gap.
import { existsSync } from 'node:fs';
import { access, constants, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environment } from '../config/environment.js';
import { defaultConfig, type LoadedConfig } from '../config/load.js';
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';
import { encoderCheck } from './doctor/encoder.js';
import { endpointChecks } from './doctor/endpoints.js';
import { engineChecks } from './doctor/engines.js';
import { readOutcomesMeta } from './outcomes-meta.js';
import { catalogueSource, outcomeSource, querySource, userSource } from './sources.js';
import { routerRequests } from './train/requests.js';

/** ok: live. gap: vsr works without it, less well. dead: something that the configuration needs does not work. */
export type CheckState = 'ok' | 'gap' | 'dead';

export interface Check {
  readonly name: string;
  readonly state: CheckState;
  readonly detail: string;
  /** The command (or the one thing to do) that closes the gap. */
  readonly fix?: string;
}

export interface Diagnosis {
  /** false: something that the configuration needs is dead. */
  readonly healthy: boolean;
  readonly checks: readonly Check[];
}

/** @param loaded the configuration, or why it could not be loaded: then the rest is checked under the defaults */
export async function doctor(loaded: LoadedConfig | VsrError): Promise<Diagnosis> {
  const config = loaded instanceof VsrError ? defaultConfig() : loaded.config;
  const checks = [
    ...(await engineChecks(config.train)),
    await orDead('encoder', () => encoderCheck(config)),
    configCheck(loaded),
    ...(loaded instanceof VsrError
      ? []
      : [await routersCheck(config), ...endpointChecks(loaded, environment()), modelsCheck(config)]),
    ...dataChecks(config),
    await artifactCheck(config),
    await cacheCheck(config),
  ];
  return { healthy: checks.every(({ state }) => state !== 'dead'), checks };
}

/** What the configuration was made of, or why it could not be. */
export function configCheck(loaded: LoadedConfig | VsrError): Check {
  const name = 'config';
  if (loaded instanceof VsrError) return dead(name, loaded);
  const { file, modelsFile, sets } = loaded.origin;
  const flags = loaded.origin.flags.filter((flag) => flag !== '--fix'); // what to do, and no setting
  const parts = [
    file ?? 'defaults, no vsr.yaml here',
    ...(modelsFile ? [`models from ${modelsFile}`] : []),
    ...(sets.length > 0 ? [`--set ${sets.join(', --set ')}`] : []),
    ...(flags.length > 0 ? [flags.join(' ')] : []),
  ];
  return {
    name,
    state: 'ok',
    detail: parts.join('; '),
    ...(file === null && { fix: 'vsr init starts a project of your own' }),
  };
}

/** The routers that `train` would fit, and the parameters they would get. */
async function routersCheck(config: VsrConfig): Promise<Check> {
  const name = 'routers';
  return orDead(name, async () => {
    const requests = await routerRequests(config);
    return { name, state: 'ok', detail: requests.map((request) => request.name).join(', ') };
  });
}

function modelsCheck(config: VsrConfig): Check {
  const name = 'models';
  const aliases = Object.keys(config.modelConfig);
  if (aliases.length > 0) return { name, state: 'ok', detail: aliases.join(', ') };
  return querySource(config).example
    ? { name, state: 'ok', detail: "the bundled example's, played back from recorded outcomes" }
    : {
        name,
        state: 'gap',
        detail: 'no model is configured, so nothing can be asked',
        fix: 'vsr init writes a models.yaml',
      };
}

function dataChecks(config: VsrConfig): Check[] {
  const queries = querySource(config);
  const outcomes = outcomeSource(config, config.train.dataFile);
  const example = outcomes.example || isPlayedExample(outcomes.path);
  return [
    fileCheck('queries', queries.path, queries.example),
    outcomes.awaited
      ? { name: 'outcomes', state: 'gap', detail: `${outcomes.path}: nobody asked yet`, fix: FILE_FIXES.outcomes! }
      : fileCheck('outcomes', outcomes.path, outcomes.example),
    fileCheck('catalogue', catalogueSource(config, example), example && config.data.models === undefined),
    fileCheck('users', userSource(config, example), example && config.data.users === undefined),
  ];
}

/** Whether `benchmark` wrote these outcomes from the bundled example; a damaged meta file is for train to refuse. */
function isPlayedExample(outcomes: string): boolean {
  try {
    return readOutcomesMeta(outcomes)?.example === true;
  } catch (error) {
    if (error instanceof VsrError) return false;
    throw error;
  }
}

function fileCheck(name: string, path: string | undefined, example: boolean): Check {
  if (path === undefined) return { name, state: 'ok', detail: 'none' };
  if (!existsSync(path)) return { name, state: 'dead', detail: `${path} does not exist`, fix: FILE_FIXES[name]! };
  return { name, state: 'ok', detail: example ? 'the bundled example' : path };
}

const FILE_FIXES: Readonly<Record<string, string>> = {
  queries: 'correct data.queries, or write the file (vsr init shows its form)',
  outcomes: 'vsr benchmark',
  catalogue: 'correct data.models',
  users: 'correct data.users',
};

async function artifactCheck({ infer, embedding }: VsrConfig): Promise<Check> {
  const name = 'artifacts';
  if (!existsSync(infer.artifacts)) {
    return { name, state: 'gap', detail: `${infer.artifacts}: nothing trained yet`, fix: 'vsr train' };
  }
  return orDead(name, async () => {
    const { openTrained } = await import('./trained/trained-router.js');
    const { routers, bestRouter, data, embedder } = (await openTrained(infer.artifacts, embedding)).artifact.manifest;
    return {
      name,
      state: 'ok',
      detail: `${infer.artifacts}: ${Object.keys(routers).join(', ')}; best ${bestRouter}; ${data.queries} queries; encoder ${embedder.id}, ${embedder.dim} wide, ${embedder.fingerprint.slice(0, 19)}`,
    };
  });
}

async function cacheCheck({ embedding: { cacheDir } }: VsrConfig): Promise<Check> {
  const name = 'cache';
  if (existsSync(cacheDir)) {
    const files = (await readdir(cacheDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
    const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    return { name, state: 'ok', detail: `${cacheDir}: ${megabytes.toFixed(1)} MB of embeddings` };
  }
  const folder = existsSync(dirname(cacheDir)) ? dirname(cacheDir) : '.';
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return writable
    ? { name, state: 'ok', detail: `${cacheDir}: empty` }
    : {
        name,
        state: 'gap',
        detail: `${cacheDir} cannot be made here`,
        fix: 'work in a folder that you may write to',
      };
}

async function orDead(name: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof VsrError) return dead(name, error);
    throw error;
  }
}

function dead(name: string, { message, hint }: VsrError): Check {
  return { name, state: 'dead', detail: message, ...(hint && { fix: hint }) };
}
