// <output-dir>/.checkpoint/: where every fit by gradient stands, so that --resume goes on instead of starting over.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../artifacts/artifact-directory.js';
import { writeFileAtomically } from '../../artifacts/atomic-write.js';
import type { EngineUsed } from '../../artifacts/manifest.js';
import { snakeCase } from '../../config/keys.js';
import type { VsrConfig } from '../../config/schema.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../data/safetensors.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { FitContext } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import { VERSION } from '../version.js';

type Hooks = Pick<NonNullable<FitContext['training']>, 'onCheckpoint' | 'resume'>;
type FitCheckpoint = NonNullable<Hooks['resume']>;

export interface Checkpoints {
  /** What a fit is told: where to go on from, and where to leave its own checkpoints. Throws `VSR_ARTIFACT` for a damaged one. */
  of(stage: string): Hooks;
  /** After success. */
  remove(): void;
}

/** What a run was started with, by path: a resumed run must have the same. */
export type RunIdentity = Readonly<Record<string, string>>;

const DIRECTORY = '.checkpoint';
const RUN_FILE = 'run.json';
const METADATA_KEY = 'checkpoint';

/** Nothing is written before the first epoch is done. Throws `VSR_CONFIG`, with what differs, if another run is to be resumed. */
export function openCheckpoints(
  { outputDir, resume }: Pick<VsrConfig['train'], 'outputDir' | 'resume'>,
  identity: RunIdentity,
  context: PipelineContext,
): Checkpoints {
  const directory = join(outputDir, DIRECTORY);
  const runFile = join(directory, RUN_FILE);
  const interrupted = existsSync(runFile);
  if (resume && interrupted)
    refuseOther(parsed<RunIdentity>(readFileSync(runFile, 'utf8'), runFile), identity, directory);
  else if (resume) context.onNotice?.(`${directory} holds no interrupted training: it starts from the beginning.`);
  else if (interrupted)
    context.onNotice?.(`${directory} held an interrupted training, which starts over without --resume.`);
  if (!resume) rmSync(directory, { recursive: true, force: true });
  return {
    of(stage) {
      const path = join(directory, `${stage.replace(/[^a-z0-9]+/gi, '-')}.safetensors`);
      const found = resume && existsSync(path) ? readCheckpoint(path) : undefined;
      if (found) context.onNotice?.(`${stage}: goes on after epoch ${found.json.epoch}.`);
      return {
        ...(found && { resume: found }),
        onCheckpoint: ({ json, tensors }) => {
          if (!existsSync(runFile)) {
            makeDirectory(directory);
            writeFileAtomically(runFile, `${JSON.stringify(identity, null, 2)}\n`);
          }
          writeFileAtomically(path, writeSafetensors(tensors, { [METADATA_KEY]: JSON.stringify(json) }));
        },
      };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The settings that the outcome of a fit hangs on, each as text under its path in the configuration. */
export function runIdentity(config: VsrConfig, engine: EngineUsed, dataSha256: string, encoder: string): RunIdentity {
  const { router, queryLimit, split, folds, leakCheck, tune, space } = config.train;
  const { model, encoders, weights, lexicalDim, lexicalCharacters } = config.embedding;
  const settings = {
    seed: config.seed,
    objective: config.objective,
    scoring: config.scoring,
    embedding: { model, encoders, weights, lexicalDim, lexicalCharacters },
    features: config.features,
    train: { router, queryLimit, split, folds, leakCheck, tune, space },
    routers: config.routers,
  };
  return {
    ...flattened(settings),
    outcomes: dataSha256,
    encoder,
    engine: `${engine.name} (${engine.version}) on ${engine.device}`,
    vsr: VERSION,
  };
}

function refuseOther(before: RunIdentity, now: RunIdentity, directory: string): void {
  const differing = Object.keys({ ...before, ...now }).filter((key) => before[key] !== now[key]);
  if (differing.length === 0) return;
  const list = differing.map((key) => `${key} was ${before[key] ?? 'unset'}, is ${now[key] ?? 'unset'}`);
  throw new VsrError('VSR_CONFIG', `--resume: ${directory} is of another training: ${list.join('; ')}.`, {
    hint: 'Undo the change, or train anew without --resume.',
  });
}

function readCheckpoint(path: string): FitCheckpoint {
  const { tensors, metadata } = readSafetensors(readFileSync(path), path, 'VSR_ARTIFACT');
  return {
    json: parsed<FitCheckpoint['json']>(metadata[METADATA_KEY] ?? '', path),
    tensors: tensors as Readonly<Record<string, StoredTensor<Float32Array>>>,
  };
}

function parsed<T>(text: string, path: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new VsrError('VSR_ARTIFACT', `${path} is damaged.`, { hint: 'Train anew without --resume.', cause });
  }
}

function flattened(value: unknown, path = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value === undefined ? {} : { [path]: JSON.stringify(value) };
  }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flattened(inner, `${path && `${path}.`}${snakeCase(key)}`)),
  );
}
