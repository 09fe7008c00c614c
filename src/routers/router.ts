// The router contract: all nine score every query against every model, and nothing else.
import type { EvaluatorChoice } from '../inference/registry.js';
import type { ScoringGraph } from '../inference/scoring-graph.js';
import type { Tensor } from '../inference/tensor.js';
import type { Matrix } from '../math/matrix.js';
import type { TrainingOptions } from '../training/training-options.js';
import type { Newcomer } from './newcomer.js';
import type { Askers, Interactions, Person } from './people.js';
import type { ParamsSchema } from './router-params.js';
import type { SearchSpace } from './search-space.js';

/** What a router learns from: quality alone (the objective is applied once, in decide.ts). */
export interface TrainingTable {
  /** Column order of every [· × M] matrix. */
  readonly models: readonly string[];
  /** [N×D] */
  readonly features: Matrix;
  /** [N×M] in [0, 1]; NaN where the cell is missing. */
  readonly quality: Matrix<Float64Array>;
  /** [N] rows of equal number hold the same normalised text: inner validation keeps them on one side. */
  readonly groups: Int32Array;
  /** [N×M] dollars; NaN = unknown. Absent where the data knows none. */
  readonly cost?: Matrix<Float64Array>;
  /** [N×M] milliseconds; NaN = unknown. Absent where the data knows none. */
  readonly latency?: Matrix<Float64Array>;
  /** The task of each row: [N] index into `names`, −1 = none. */
  readonly tasks?: { readonly names: readonly string[]; readonly of: Int32Array };
  /** What is known of each model besides its outcomes; [M], in the order of `models`. */
  readonly profiles?: readonly ModelProfile[];
  /** Votes and ratings of people. */
  readonly interactions?: Interactions;
  /** Everybody whose preferences or past are known; `history` is null here, `interactions` holds it. */
  readonly people?: readonly Person[];
  /** The images of the queries, embedded. */
  readonly images?: Images;
}

/** What a catalogue says of a model. */
export interface ModelProfile {
  /** [D] its description, embedded as queries are; null = none. */
  readonly description: Float32Array | null;
  /** Dollars per million tokens. */
  readonly inputPrice: number | null;
  readonly outputPrice: number | null;
  /** Billions of parameters. */
  readonly size: number | null;
  /** Tokens. */
  readonly contextWindow: number | null;
  /** Strength per named ability, as the catalogue gives it. */
  readonly capabilities: Readonly<Record<string, number>>;
  /** Kinds of input it takes: text, image. */
  readonly modalities: readonly string[];
}

/** One image a query at most. */
export interface Images {
  /** [N×Di]; rows without an image are zero. */
  readonly features: Matrix;
  /** [N] 1 = this row has an image. */
  readonly present: Uint8Array;
}

/** What a fitted router scores: Q queries, already embedded. */
export interface ScoringBatch {
  /** [Q×D] */
  readonly features: Matrix;
  /** Who asks; absent = nobody is known. */
  readonly askers?: Askers;
  /** [Q] task names; null = none or unknown. */
  readonly taskNames?: readonly (string | null)[];
  readonly images?: Images;
}

/**
 * What a score means. quality: expected quality in [0, 1]. logit: only differences within a row mean something.
 * utility: a user's objective is already inside, decide.ts adds nothing.
 */
export type Scale = 'quality' | 'logit' | 'utility';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The only serial form of a fitted router: JSON and named tensors. */
export interface RouterState {
  readonly json: { readonly [key: string]: Json };
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** What a router needs besides features and outcomes. */
export interface RouterNeeds {
  /** true: fit loads TensorFlow.js through the training room. */
  readonly gradient: boolean;
  /** true: scores depend on the user. */
  readonly users: boolean;
  /** true: it learns from votes or ratings, and cannot be fitted without. */
  readonly interactions?: boolean;
  /** true: it looks at the images of queries. */
  readonly images?: boolean;
  /** true: it learns from votes or ratings in place of outcomes where there are any; users do not matter to it. */
  readonly votes?: boolean;
}

export interface FitProgress {
  readonly step: number;
  readonly steps: number;
  readonly message?: string;
}

export interface FitContext {
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void;
  /** One sentence for the user: a clamped parameter, a missing model, a fallback. */
  readonly onWarning?: (sentence: string) => void;
  /** Engine, device and checkpoints of routers that learn by gradient; default: engine auto, no checkpoints. */
  readonly training?: TrainingOptions;
}

/** Why a query was scored as it was, in the router's own terms. */
export type Explanation =
  | {
      readonly kind: 'neighbours';
      readonly neighbours: readonly { readonly row: number; readonly similarity: number }[];
    }
  | { readonly kind: 'cluster'; readonly cluster: number; readonly size: number; readonly rows: readonly number[] }
  | {
      readonly kind: 'history';
      /** What of the asker's own past weighed, most first: groups of the history, with weights that add up to 1 (or are all 0). */
      readonly turns: readonly { readonly group: number; readonly weight: number }[];
    };

/** Inputs of a scoring graph by name, each [Q × …] float32. */
export type GraphInputs = Readonly<Record<string, Tensor & { readonly data: Float32Array }>>;

/** A router that has been fitted (or restored): it scores, and it can be written down. */
export interface FittedRouter {
  readonly name: string;
  readonly models: readonly string[];
  /** D */
  readonly featureDim: number;
  readonly scale: Scale;
  readonly params: Readonly<Record<string, unknown>>;
  graph(): ScoringGraph;
  /** What the graph is given for a batch, by input: `features`, and the state of who asks where the router has one. */
  inputs(batch: ScoringBatch): Promise<GraphInputs>;
  /** [Q×M]. Throws `VSR_FEATURES` for a wrong width, NaN or infinity. */
  score(batch: ScoringBatch, engine?: EvaluatorChoice): Promise<Matrix>;
  state(): RouterState;
  /**
   * The same router with one more model, last; the others' scores stay the same. Absent where only a new fit can add one.
   * Throws `VSR_TRAINING_DATA` where the outcomes do not say enough.
   */
  withModel?(newcomer: Newcomer): FittedRouter;
  /**
   * For one query [1×D] and who asks it; absent where the router has nothing to tell. Row numbers are rows of the training
   * table, groups those of the asker's history.
   */
  explain?(features: Matrix, asker?: Person): Promise<Explanation>;
}

/** A router before fitting. */
export interface Router {
  readonly name: string;
  readonly needs: RouterNeeds;
  /** Strict: an unknown key is refused. Loaded when asked for. */
  params(): Promise<ParamsSchema<object>>;
  /** true: it is meant to be asked for the cheapest model likely enough, so training tunes thresholds for it. */
  readonly decidesByThresholds: boolean;
  /** Outcomes below which a model that joined is masked, unless it is named among the candidates; 0 = never. */
  readonly trustsNewcomersFrom: number;
  /** What `--tune` draws its trials from. */
  readonly space: SearchSpace;
  /** Throws `VSR_ROUTER_PARAMS`: a run can refuse its config before it reads a file. */
  checkParams(params: Readonly<Record<string, unknown>>): Promise<void>;
  /** Throws `VSR_ROUTER_PARAMS`, `VSR_TRAINING_DATA` or `VSR_ABORTED`. */
  fit(table: TrainingTable, params: Readonly<Record<string, unknown>>, context: FitContext): Promise<FittedRouter>;
  /** Throws `VSR_ARTIFACT` where the state does not fit together. */
  restore(fitted: RestoredRouter): FittedRouter;
}

/** What an artifact holds of a fitted router. */
export interface RestoredRouter {
  readonly models: readonly string[];
  readonly featureDim: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly state: RouterState;
}
