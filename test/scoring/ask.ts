// Asks a scorer of the registry in one line, for the tables of tests.
import { loadScorer, type ScorerName } from '../../src/scoring/registry.js';
import { DEFAULT_SCORING_OPTIONS, type ScoringInput, type ScoringResult } from '../../src/scoring/scorer.js';

/** The choices of the cases unless a test says otherwise. */
export const ANIMALS = { labels: ['A', 'B', 'C', 'D'], text: ['dog', 'cat', 'red panda', 'panda'] };

export async function ask(
  name: ScorerName,
  answer: string,
  groundTruth: string | readonly string[],
  input: Partial<ScoringInput> = {},
): Promise<ScoringResult> {
  const { score } = await loadScorer(name);
  const choices = name === 'multiple-choice' ? ANIMALS : null;
  return score({ answer, groundTruth, choices, finishReason: 'stop', options: DEFAULT_SCORING_OPTIONS, ...input });
}
