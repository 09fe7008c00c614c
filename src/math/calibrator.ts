// From a router's score of one model to the probability that its answer is right.
import { fitIsotonic, type IsotonicCurve, isotonicValue } from './isotonic.js';
import { fitPlatt, type PlattScale, plattProbability } from './platt.js';

export type Calibrator =
  | ({ readonly method: 'platt' } & PlattScale)
  | ({ readonly method: 'isotonic' } & IsotonicCurve);

/** Scores and outcomes of rows that the router has not learned from; undefined without any. */
export function fitCalibrator(
  method: Calibrator['method'],
  scores: readonly number[],
  outcomes: readonly number[],
): Calibrator | undefined {
  if (scores.length === 0) return undefined;
  return method === 'platt' ? { method, ...fitPlatt(scores, outcomes) } : { method, ...fitIsotonic(scores, outcomes) };
}

export function calibrated(score: number, calibrator: Calibrator): number {
  return calibrator.method === 'platt' ? plattProbability(score, calibrator) : isotonicValue(score, calibrator);
}
