// What a report is about: the artifact, what made it, and the models that it chooses between.

export interface SetupModel {
  readonly model: string;
  /** Dollars per million tokens; null = unknown. */
  readonly inputPrice: number | null;
  readonly outputPrice: number | null;
  /** Scored answers among the rows learned from. */
  readonly cells: number;
  /** Decisions of the configuration that name it. */
  readonly decisions: readonly string[];
}

export interface SetupDecision {
  readonly name: string;
  readonly models: readonly string[];
  /** More than one of its models was learned from. */
  readonly trainable: boolean;
}

export interface ReportSetup {
  readonly artifact: string;
  readonly createdAt: string;
  /** Of vsr, as trained. */
  readonly version: string;
  /** What trained the routers that learn by gradient: `wasm (tfjs-backend-wasm 4.22.0) on cpu`; null = none does. */
  readonly engine: string | null;
  readonly encoder: string;
  /** Width of what routers see. */
  readonly features: number;
  readonly data: { readonly file: string; readonly sha256: string };
  readonly models: readonly SetupModel[];
  readonly routers: readonly { readonly name: string; readonly params: Readonly<Record<string, unknown>> }[];
  /** Of the configuration; empty where there are none. */
  readonly decisions: readonly SetupDecision[];
  /** In the outcomes, but not in the artifact; in decisions, but nowhere learned from. */
  readonly strays: { readonly unlearned: readonly string[]; readonly dataless: readonly string[] };
  /** Milliseconds of this machine, one query after the other; null where the encoder is a server. */
  readonly overhead: DecisionOverhead | null;
}

export interface DecisionOverhead {
  readonly queries: number;
  /** The first query, with everything still to be loaded. */
  readonly cold: number;
  readonly embed: Percentiles;
  readonly score: Percentiles;
  readonly total: Percentiles;
  /** Of the artifact's files on disk. */
  readonly bytes: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}
