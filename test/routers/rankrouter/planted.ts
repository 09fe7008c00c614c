// Queries of three topics, each with models that are strong on it: what they earn is planted, so that the best choice is known.
import { matrix, matrix64 } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import type { TrainingTable } from '../../../src/routers/router.js';

/** topics [N] beside the table: query i is of topic i mod 3. */
export interface Planted {
  readonly table: TrainingTable;
  readonly topic: Int32Array;
}

/**
 * @param strength [M][3] of each model on each topic
 * @param outcomes chances: it is right (1) or wrong (0) with that chance; grades: it earns that, give or take 0.1
 */
export function plantedTopics(
  rows: number,
  strength: readonly (readonly number[])[],
  seed: number,
  outcomes: 'chances' | 'grades' = 'chances',
): Planted {
  const D = 12;
  const random = seededRandom(seed);
  const features = matrix(rows, D);
  const quality = matrix64(rows, strength.length);
  const topic = Int32Array.from({ length: rows }, (_, i) => i % 3);
  topic.forEach((t, i) => {
    for (let d = 0; d < D; d++) features.data[i * D + d] = (d === t ? 2 : 0) + 0.4 * random.normal();
    strength.forEach((of, m) => {
      const draw = random.uniform();
      const earned = outcomes === 'grades' ? of[t]! + 0.2 * (draw - 0.5) : Number(draw < of[t]!);
      quality.data[i * strength.length + m] = earned;
    });
  });
  const models = strength.map((_, m) => `model ${m}`);
  return { table: { models, features, quality, groups: Int32Array.from({ length: rows }, (_, i) => i) }, topic };
}
