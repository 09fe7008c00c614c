// manifest.json: what an artifact directory holds, and a checksum over itself.
import { createHash } from 'node:crypto';
import { VsrError } from '../errors/vsr-error.js';
import type { Calibrator } from '../math/calibrator.js';

export const ARTIFACT_FORMAT = 'vsr.artifact/1';

/** Means over the train rows; null = unknown. latency in ms, cost in dollars per query, prices in dollars per million tokens. */
export interface ModelStats {
  readonly quality: number;
  readonly latency: number | null;
  readonly cost: number | null;
  readonly outputTokens: number | null;
  readonly inputPrice: number | null;
  readonly outputPrice: number | null;
  /** Present cells on train. */
  readonly n: number;
}

export interface ManifestObjective {
  readonly quality: number;
  readonly latency: number;
  readonly cost: number;
  readonly latencyScaleMs: number;
  /** Dollars. */
  readonly costScale: number;
}

export interface RouterEntry {
  readonly file: string;
  readonly tensors: string;
  readonly scale: 'quality' | 'logit' | 'utility';
  readonly params: Readonly<Record<string, unknown>>;
  /** Mean over the validation rows; what the best router is chosen by. */
  readonly validation: { readonly utility: number; readonly quality: number; readonly n: number };
  readonly fitSeconds: number;
  /** What the expected quality of each model means as a probability; fitted on validation. Decisions do not depend on it. */
  readonly calibration?: {
    readonly method: 'platt' | 'isotonic';
    readonly queries: number;
    readonly models: Readonly<Record<string, Calibrator>>;
  };
  /** Models that joined with fewer outcomes than this router needs: masked unless named among the candidates. */
  readonly coldStart?: readonly string[];
  /** The cheapest model that reaches its own is chosen, unless weights are asked for. */
  readonly thresholds?: TunedThresholds;
  /** With --tune: every trial; the first is the parameters as configured. */
  readonly tuning?: readonly TuningTrial[];
}

/** Chances to answer well that are enough, tuned on rows that the router did not learn from. */
export interface TunedThresholds {
  /** shared: one for all models; per_model: each its own. */
  readonly mode: 'shared' | 'per_model';
  /** What was asked for: a quality, less a margin, or dollars a query. */
  readonly target: { readonly quality: 'best_single' | number; readonly margin: number } | { readonly budget: number };
  /** The same in numbers. */
  readonly goal: { readonly quality: number } | { readonly budget: number };
  /** Mean quality and dollars a query at these thresholds, on the rows they were tuned on. */
  readonly point: { readonly quality: number; readonly cost: number };
  /** false: no setting reached the goal, and this is the nearest. */
  readonly reached: boolean;
  /** Rows they were tuned on. */
  readonly n: number;
  /** true: on pooled out-of-fold scores; false: on the validation rows. */
  readonly outOfFold: boolean;
  /** null: no chance is enough. */
  readonly models: Readonly<Record<string, number | null>>;
}

/** One encoder of those whose vectors stand side by side. */
export interface EncoderEntry {
  readonly id: string;
  readonly fingerprint: string;
  readonly dim: number;
  readonly weight: number;
  /** How it was asked for, without keys; `lexical` stands instead where it learned from the train rows. */
  readonly request?: Readonly<Record<string, unknown>>;
  readonly lexical?: { readonly dim: number; readonly characters: number };
}

export interface ClassifierEntry {
  readonly labels: readonly string[];
  readonly temperature: number;
  /** On labelled train rows it had not seen. */
  readonly accuracy: number;
  readonly rows: number;
}

/** Parameters tried on cross-validation folds of the train rows. Means and standard deviations are over the folds. */
export interface TuningTrial {
  /** What was drawn; empty = the parameters as configured. */
  readonly params: Readonly<Record<string, unknown>>;
  /** null = the fit found no solution with these parameters. */
  readonly utility: number | null;
  readonly utilityDeviation: number | null;
  readonly quality: number | null;
  readonly chosen: boolean;
}

/** A weight of the category block, judged on cross-validation folds of the train rows by the mean over routers. */
export interface WeightTrial {
  readonly weight: number;
  /** null = no router could be fitted. */
  readonly utility: number | null;
  readonly chosen: boolean;
}

/** What trained the routers that learn by gradient. */
export interface EngineUsed {
  readonly name: 'native' | 'wasm' | 'js';
  /** Package and library: `tfjs-node 4.22.0, TensorFlow 2.15.1`. */
  readonly version: string;
  readonly device: 'cpu' | 'cuda';
}

export interface PeopleSummary {
  /** With preferences or rated turns. */
  readonly users: number;
  /** Votes and ratings that people gave. */
  readonly turns: number;
  /** Whose preferences or votes were invented: nobody's, everybody's, or the votes alone. */
  readonly simulated: 'none' | 'users' | 'votes';
  /** Routers that learned from what was invented. */
  readonly routers: readonly string[];
}

export interface AddedModel {
  readonly model: string;
  readonly file: string;
  readonly sha256: string;
  /** Outcomes it was judged by. */
  readonly outcomes: number;
}

export interface Manifest {
  readonly format: typeof ARTIFACT_FORMAT;
  readonly version: string;
  readonly createdAt: string;
  readonly seed: number;
  /** null = no router of this artifact learned by gradient. */
  readonly engine: EngineUsed | null;
  /** Column order of every score matrix. */
  readonly models: readonly string[];
  readonly objective: ManifestObjective;
  readonly embedder: {
    readonly id: string;
    readonly fingerprint: string;
    readonly dim: number;
    /** What opens it again, side by side in this order; absent: the built-in encoder called `id`. */
    readonly parts?: readonly EncoderEntry[];
  };
  readonly features: {
    readonly dim: number;
    /** In the order of the block beside the embedding; empty or absent: no block. */
    readonly categories?: readonly string[];
    readonly categoryWeight?: number;
    /** Where --tune chose it. */
    readonly categoryWeightTrials?: readonly WeightTrial[];
    /** true: one category counts whole (semantic-router), false: probabilities count. */
    readonly hard?: boolean;
    /** The category classifier; its tensors lie in features.safetensors. */
    readonly classifier?: ClassifierEntry;
  };
  readonly data: {
    readonly file: string;
    readonly sha256: string;
    readonly example: boolean;
    readonly queries: number;
    readonly split: { readonly train: number; readonly validation: number; readonly test: number };
    /** The ratios behind the hash split; rows with a `split` of their own keep it. */
    readonly ratios: readonly [number, number, number];
    /** What was held out together; absent: single queries. */
    readonly splitBy?: 'query' | 'task' | 'user' | 'session';
    /** What was done about leaks; absent: unknown. */
    readonly leakCheck?: 'error' | 'warn' | 'exclude';
    /** Train rows with an image that a router looked at; absent: none was. */
    readonly images?: number;
    /** Train used a seeded sample of so many queries; 0 = all. analyze judges on the same. */
    readonly queryLimit: number;
    readonly folds: number;
  };
  /** Whom it knows; absent: trained before people were kept. */
  readonly people?: PeopleSummary;
  /** Models that joined later (--add-model), with the file of outcomes that they brought; oldest first. */
  readonly added?: readonly AddedModel[];
  readonly modelStats: Readonly<Record<string, ModelStats>>;
  /** Best mean utility on train. */
  readonly bestSingle: string;
  readonly config: unknown;
  readonly routers: Readonly<Record<string, RouterEntry>>;
  /** Chosen on validation. */
  readonly bestRouter: string;
  /** SHA-256 (hex) of every other file of the directory. */
  readonly files: Readonly<Record<string, string>>;
}

/** The manifest as JSON text, its own SHA-256 first. */
export function serialiseManifest(manifest: Manifest): string {
  return `${JSON.stringify({ sha256: sha256(JSON.stringify(manifest)), ...manifest }, null, 2)}\n`;
}

/** Throws `VSR_ARTIFACT` for anything that is not an unchanged manifest of this format. */
export function parseManifest(text: string, path: string): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw damaged(`${path} is not JSON`, cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw damaged(`${path} is not a JSON object`);
  const { sha256: stated, ...manifest } = parsed as Manifest & { sha256?: unknown };
  if (manifest.format !== ARTIFACT_FORMAT) {
    throw damaged(`${path}: expected format "${ARTIFACT_FORMAT}", got ${JSON.stringify(manifest.format ?? null)}`);
  }
  if (stated !== sha256(JSON.stringify(manifest)))
    throw damaged(`${path} was changed after training: its checksum does not match`);
  return manifest;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function damaged(message: string, cause?: unknown): VsrError {
  return new VsrError('VSR_ARTIFACT', `${message}.`, { hint: 'Run vsr train again.', cause });
}
