// How well score differences foretell who won: accuracy, precision, recall, F1, AUC, log-loss and calibration over pairs of models.
import { auroc } from '../math/auroc.js';
import { comparisonLogLoss } from '../math/bradley-terry.js';
import { rowsByLabel } from '../math/rows-by-label.js';
import { reliability } from './calibration.js';

/** Judged pairs as columns [P], in the data's own orientation: sorted winner first, every label would be 1 and AUC undefined. */
export interface JudgedPairs {
  /** S_first − S_second */
  readonly difference: ArrayLike<number>;
  /** 1 = the first won, 0 = the second, ½ = a tie. */
  readonly outcome: ArrayLike<number>;
}

/** All but log-loss over the decisive pairs, and null where there are none. */
export interface PairwiseMetrics {
  readonly pairs: number;
  readonly ties: number;
  /** Share foretold; a difference of 0 counts ½. */
  readonly accuracy: number | null;
  /** Of "the first wins", foretold where the difference is positive; 0 where nothing was foretold or nothing was to be found. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** null also where all outcomes are alike. */
  readonly auc: number | null;
  /** Cross entropy of P(first wins) = σ(difference), a tie ½; null without pairs. */
  readonly logLoss: number | null;
  /** Expected calibration error of σ(difference), ten bins of equal width. */
  readonly ece: number | null;
}

export function pairwiseMetrics({ difference, outcome }: JudgedPairs): PairwiseMetrics {
  const pairs = outcome.length;
  const decisive = Array.from({ length: pairs }, (_, p) => p).filter((p) => outcome[p] !== 0.5);
  const ties = pairs - decisive.length;
  const logLoss =
    pairs > 0 ? comparisonLogLoss(difference, { outcome, weight: new Float64Array(pairs).fill(1) }) : null;
  if (decisive.length === 0) {
    return { pairs, ties, accuracy: null, precision: null, recall: null, f1: null, auc: null, logLoss, ece: null };
  }
  const d = decisive.map((p) => difference[p]!);
  const won = decisive.map((p) => outcome[p]!);
  const counts = { right: 0, foretold: 0, found: 0, wins: 0 };
  d.forEach((value, i) => {
    counts.right += value === 0 ? 0.5 : Number(value > 0 === (won[i] === 1));
    counts.foretold += Number(value > 0);
    counts.found += Number(value > 0 && won[i] === 1);
    counts.wins += won[i]!;
  });
  const precision = ratio(counts.found, counts.foretold);
  const recall = ratio(counts.found, counts.wins);
  return {
    pairs,
    ties,
    accuracy: counts.right / decisive.length,
    precision,
    recall,
    f1: ratio(2 * precision * recall, precision + recall),
    auc: auroc(d, won),
    logLoss,
    ece: reliability(
      d.map((value) => 1 / (1 + Math.exp(-value))),
      won,
    ).ece,
  };
}

/** The metrics of each category's pairs. @param categories [P] */
export function pairwiseByCategory(pairs: JudgedPairs, categories: readonly string[]): Map<string, PairwiseMetrics> {
  return new Map(
    Array.from(rowsByLabel(categories), ([category, own]) => [
      category,
      pairwiseMetrics({
        difference: own.map((p) => pairs.difference[p]!),
        outcome: own.map((p) => pairs.outcome[p]!),
      }),
    ]),
  );
}

/** 0/0 = 0, as scikit-learn's zero_division=0. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
