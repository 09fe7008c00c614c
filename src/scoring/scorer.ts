// What every scorer offers: one answer in, a quality in [0, 1] out, with what it found and by which rule.

export interface ScoringInput {
  readonly answer: string;
  /** A list counts as its best item. */
  readonly groundTruth: string | readonly string[];
  readonly choices: { readonly labels: readonly string[]; readonly text: readonly string[] } | null;
  readonly finishReason: 'stop' | 'length' | 'filter' | 'error' | 'unknown';
  readonly options: ScoringOptions;
}

export interface ScoringOptions {
  /** Relative tolerance of numeric answers. */
  readonly numericTolerance: number;
}

export const DEFAULT_SCORING_OPTIONS: ScoringOptions = { numericTolerance: 1e-6 };

export interface ScoringResult {
  /** [0, 1], or null where it cannot be scored. */
  readonly quality: number | null;
  /** What was read out of the answer. */
  readonly extracted: string | null;
  /** The rule that decided, for people who ask why. */
  readonly rule: string;
  /** unparsed, … */
  readonly flags: readonly string[];
}

/** Pure and synchronous. Throws `VSR_DATA` if the truth itself cannot be read; never because of the answer. */
export type Scorer = (input: ScoringInput) => ScoringResult;
