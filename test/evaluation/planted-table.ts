// Tables whose truth is known because it was planted: how often a router gains and loses against the best single model.
import { type EvaluationInput, evaluateRouters } from '../../src/evaluation/evaluate-routers.js';
import type { Report } from '../../src/evaluation/report.js';
import { seededRandom } from '../../src/math/random.js';
import { QUALITY_ALONE, tableOf } from './table-of.js';

export interface Plant {
  readonly seed: number;
  readonly queries: number;
  /** Probability that the router's model is right where the best single one is wrong, and the other way round. */
  readonly win: number;
  readonly loss: number;
  /** Resamples; few keep the suite fast. */
  readonly bootstrap?: number;
  /** Queries that share one text, and then one outcome. */
  readonly groupSize?: number;
}

export const LEARNED = tableOf({
  quality: Array.from({ length: 40 }, (_, i) => [i % 2, 0]),
  models: ['best', 'other'],
});

/** The router always asks `other`; `best` is right half of the time where neither wins alone. True gain: win − loss. */
export function plantedReport(plant: Plant, change: Partial<EvaluationInput> = {}): Report {
  const { seed, queries, win, loss, bootstrap = 400, groupSize = 1 } = plant;
  const random = seededRandom(seed).fork('plant');
  const drawn = Array.from({ length: Math.ceil(queries / groupSize) }, () => {
    const u = random.uniform();
    const both = random.int(2);
    return u < win ? [0, 1] : u < win + loss ? [1, 0] : [both, both];
  });
  const quality = Array.from({ length: queries }, (_, i) => drawn[Math.floor(i / groupSize)]!);
  return evaluateRouters({
    train: LEARNED,
    test: tableOf({ quality, models: LEARNED.models }),
    testGroups: Int32Array.from({ length: queries }, (_, i) => Math.floor(i / groupSize)),
    objective: QUALITY_ALONE,
    routers: [{ name: 'router', choices: new Int32Array(queries).fill(1), chosenOnValidation: true }],
    options: { minGain: 0.01, bootstrap, confidence: 0.95, seed },
    ...change,
  });
}

export function counted<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
