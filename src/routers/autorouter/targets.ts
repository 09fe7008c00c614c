// What the network learns of every model: targets and weights of its cells, where it starts, and which models it leaves alone.
import { logit } from '../logit.js';
import { outcomesOf } from '../outcomes.js';
import type { TrainingTable } from '../router.js';
import type { AutorouterParams } from './params.js';

export interface AutorouterTargets {
  /** [N×M] w·ỹ / c: what a cell of weight c is asked for. */
  readonly targets: Float32Array;
  /** [N×M] c = K·(w·ỹ + 1 − ỹ): then c·(softplus(z) − t·z) = w·ỹ·softplus(−z) + (1 − ỹ)·softplus(z). */
  readonly weights: Float32Array;
  /** [N×M] y, 0 where missing: what is judged. */
  readonly quality: Float32Array;
  /** [N×M] K: 1 present, 0 missing or of a constant model. */
  readonly present: Float32Array;
  /** [M] ln w, by which the logits are too high. */
  readonly shift: Float32Array;
  /** [M] where the output's bias starts: logit(mean) + ln w. */
  readonly outputBias: Float32Array;
  /** [M] logit of the models with too few right or wrong answers to learn from; null = learned. */
  readonly constants: readonly (number | null)[];
}

/** Right or wrong answers (graded ones in part) below which a model is a constant. */
const FEWEST = 5;
const SMALLEST_WEIGHT = 0.1;
const LARGEST_WEIGHT = 10;

export function autorouterTargets(
  table: TrainingTable,
  { classWeights, labelSmoothing }: Pick<AutorouterParams, 'classWeights' | 'labelSmoothing'>,
): AutorouterTargets {
  const { quality, present, prior } = outcomesOf(table);
  const M = prior.length;
  const cells = new Float64Array(M);
  const positives = new Float64Array(M);
  quality.forEach((y, at) => {
    cells[at % M]! += present[at]!;
    positives[at % M]! += y;
  });
  const constants = Array.from(positives, (right, m) => {
    const wrong = cells[m]! - right;
    return right < FEWEST || wrong < FEWEST ? Math.log((right + 1) / (wrong + 1)) : null;
  });
  const classWeight = constants.map((constant, m) => {
    if (classWeights === 'none' || constant !== null) return 1;
    return Math.min(LARGEST_WEIGHT, Math.max(SMALLEST_WEIGHT, (cells[m]! - positives[m]!) / positives[m]!));
  });
  const learned = present.map((k, at) => (constants[at % M] === null ? k : 0));
  const smoothed = (at: number) => (1 - labelSmoothing) * quality[at]! + labelSmoothing * prior[at % M]!;
  const weights = learned.map((k, at) => k * (1 + (classWeight[at % M]! - 1) * smoothed(at)));
  return {
    targets: weights.map((c, at) => (c > 0 ? (classWeight[at % M]! * smoothed(at)) / c : 0)),
    weights,
    quality,
    present: learned,
    shift: Float32Array.from(classWeight, Math.log),
    outputBias: prior.map((mean, m) => constants[m] ?? logit(mean) + Math.log(classWeight[m]!)),
    constants,
  };
}
