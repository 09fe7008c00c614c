// What a simulated model is like: how often it is right, how long it takes, how much it writes, how often it fails.
import type { FailureStatus } from '../provider.js';

export interface SimulatedSettings {
  /** Probability of a right answer by category; `default` for every other one. */
  readonly skill?: Readonly<Record<string, number>> | undefined;
  /** Outcomes whose recorded quality is the probability of being right, instead of `skill`. */
  readonly from?: string | undefined;
  /** Responses that are given word for word, instead of composed ones. */
  readonly replay?: string | undefined;
  /** Log-normal. */
  readonly latencyMs: { readonly median: number; readonly sigma: number };
  /** Median of a log-normal. */
  readonly outputTokens: number;
  /** Probability of each failure, before an answer is drawn. */
  readonly failures: Readonly<Partial<Record<FailureStatus, number>>>;
}
