// Where the towers start: at variance 1 throughout, behind gates that are shut, so that the start is the ranking of the models.
import { seededRandom } from '../../math/random.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import { type TowerShape, towerShapes } from './shape.js';

/** Layers behind a ReLU see inputs of half the variance: He et al. (2015). */
const BEHIND_RELU = new Set(['query2.w', 'profile2.w', 'model2.w']);

/** @param strengths [M] β */
export function initialTowers(shape: TowerShape, strengths: ArrayLike<number>, seed: number): NamedWeights {
  const random = seededRandom(seed).fork('towers');
  return Object.fromEntries(
    Object.entries(towerShapes(shape)).map(([name, [rows, cols]]) => {
      const draws = random.fork(name);
      const normal = (spread: number) => Float32Array.from({ length: rows * cols }, () => spread * draws.normal());
      const data = () => {
        if (name === 'strength') return Float32Array.from(strengths);
        if (name === 'bilinear') return identityMatrix(rows);
        if (name === 'cluster' || name === 'identity') return normal(1);
        if (name.endsWith('.w')) return normal(Math.sqrt((BEHIND_RELU.has(name) ? 2 : 1) / cols));
        return new Float32Array(rows * cols); // biases, gates, and the tie's η
      };
      return [name, { shape: [rows, cols], data: data() }];
    }),
  );
}

function identityMatrix(size: number): Float32Array {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return data;
}
