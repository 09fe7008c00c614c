// Targets of one person beside the part of the past that the person is known by: weights, liking and residuals of that part.

import type { LearningData, LearningPerson, PastGroup } from './learning-data.js';
import { liking, modelResiduals } from './liking.js';
import { inferredWeights, residuals } from './user-weights.js';

export interface RatedTargets {
  readonly targets: readonly PastGroup[];
  readonly history: readonly PastGroup[];
  /** [K] ŵ */
  readonly weights: Float64Array;
  /** [M] δ */
  readonly liking: Float32Array;
  /** e of each group of the history. */
  readonly errors: readonly Float64Array[];
}

/** @param declared [K], null = worked out of the history */
export function ratedTargets(
  targets: readonly PastGroup[],
  history: readonly PastGroup[],
  declared: LearningPerson['declared'],
  { priorWeights, models }: Pick<LearningData, 'priorWeights' | 'models'>,
  likingShrinkage: number,
): RatedTargets {
  const weights = declared ?? inferredWeights(history, priorWeights);
  const errors = history.map((group) => residuals(group, weights));
  return {
    targets,
    history,
    weights,
    liking: liking(modelResiduals(history, errors, models.length), likingShrinkage),
    errors,
  };
}
