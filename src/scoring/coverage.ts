// Concept coverage (CommonGen): the share of the truth's comma-separated concepts that stand in the answer, endings cut.
import { VsrError } from '../errors/vsr-error.js';
import { bestTruth } from './best-truth.js';
import { wordsOf } from './norm.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

const SUFFIXES = ['ing', 'ed', 'er', 's'];

/** 0 to 1. A concept of several words counts where all of them stand. Throws `VSR_DATA` if a truth holds no concept. */
export function scoreCoverage({ answer, groundTruth }: ScoringInput): ScoringResult {
  const given = new Set(wordsOf(answer).map(stem));
  return bestTruth(groundTruth, (truth) => {
    const concepts = truth.split(',').map((concept) => wordsOf(concept).map(stem));
    const wanted = concepts.filter((words) => words.length > 0);
    if (wanted.length === 0)
      throw new VsrError(
        'VSR_DATA',
        `ground_truth: expected concepts with commas between them, got ${JSON.stringify(truth)}.`,
      );
    const covered = wanted.filter((words) => words.every((word) => given.has(word)));
    return {
      quality: covered.length / wanted.length,
      extracted: covered.length > 0 ? covered.map((words) => words.join(' ')).join(', ') : null,
      rule: `${covered.length} of ${wanted.length} concepts`,
      flags: [],
    };
  });
}

/** Cuts one of ing, ed, er, s where the word is longer than the ending and one letter more. */
function stem(word: string): string {
  const suffix = SUFFIXES.find((ending) => word.endsWith(ending) && word.length > ending.length + 1);
  return suffix ? word.slice(0, -suffix.length) : word;
}
