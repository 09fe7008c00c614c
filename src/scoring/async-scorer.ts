// What a scorer offers that has to run something or ask somebody: the same result as a pure one, later.
import type { ScoringInput, ScoringResult } from './scorer.js';

export interface AsyncScoringInput extends Pick<ScoringInput, 'answer'> {
  /** The row's query as it stands in the file. */
  readonly query: string;
  /** null: the row has none. */
  readonly groundTruth: ScoringInput['groundTruth'] | null;
  readonly signal?: AbortSignal | undefined;
}

/** quality is null where nothing could be run or nobody replied. Throws `VSR_DATA` for a truth that cannot be read. */
export type AsyncScorer = (input: AsyncScoringInput) => Promise<ScoringResult>;
