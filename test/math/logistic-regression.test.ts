import { describe, expect, test } from 'vitest';
import { coefficientDeviation, type LogisticProblem, logisticRegression } from '../../src/math/logistic-regression.js';
import { matrix64 } from '../../src/math/matrix.js';
import { seededRandom } from '../../src/math/random.js';

const ones = (n: number, value = 1) => new Array<number>(n).fill(value);

describe('logistic regression', () => {
  test('of a bias alone is the logit of the weighted mean: (3·1 + 1·0) / 4 → ln 3', () => {
    const problem = {
      inputs: matrix64(2, 1, Float64Array.of(1, 1)),
      targets: [1, 0],
      weights: [3, 1],
      offsets: [0, 0],
    };
    const [w] = logisticRegression({ ...problem, centre: [0], precision: [1e-12] });
    expect(w).toBeCloseTo(Math.log(3), 9);
  });

  test('an offset is part of the logit: with 1 everywhere the bias is ln 3 − 1', () => {
    const problem = {
      inputs: matrix64(2, 1, Float64Array.of(1, 1)),
      targets: [1, 0],
      weights: [3, 1],
      offsets: [1, 1],
    };
    const [w] = logisticRegression({ ...problem, centre: [0], precision: [1e-12] });
    expect(w).toBeCloseTo(Math.log(3) - 1, 9);
  });

  test('a coefficient is as uncertain as the curvature says: prior 3, and two rows of weight 2 at chance ½ → 1 / √(3 + 2·2·¼)', () => {
    const problem = {
      inputs: matrix64(2, 2, Float64Array.of(1, 0, 1, 0)),
      targets: [1, 0],
      weights: [2, 2],
      offsets: [0, 0],
      centre: [0, 0],
      precision: [3, 5],
    };
    const w = logisticRegression(problem);
    expect(coefficientDeviation(problem, w, 0)).toBeCloseTo(1 / 2, 9);
    expect(coefficientDeviation(problem, w, 1)).toBeCloseTo(1 / Math.sqrt(5), 9);
  });

  test('without rows it is the prior', () => {
    const none = { inputs: matrix64(0, 2), targets: [], weights: [], offsets: [] };
    expect([...logisticRegression({ ...none, centre: [0.5, -2], precision: [1, 3] })]).toEqual([0.5, -2]);
  });

  test('stops where the gradient is 0, also from far away and where the classes separate', () => {
    const random = seededRandom(5);
    const [n, P] = [30, 4];
    const inputs = matrix64(
      n,
      P,
      Float64Array.from({ length: n * P }, () => 8 * random.normal()),
    );
    const problem: LogisticProblem = {
      inputs,
      targets: Array.from({ length: n }, (_, i) => (inputs.data[i * P]! > 0 ? 1 : 0)),
      weights: ones(n),
      offsets: Array.from({ length: n }, () => random.normal()),
      centre: ones(P, -3),
      precision: ones(P, 0.01),
    };
    const w = logisticRegression(problem);
    for (let p = 0; p < P; p++) {
      let gradient = problem.precision[p]! * (w[p]! - problem.centre[p]!);
      for (let i = 0; i < n; i++) {
        let z = problem.offsets[i]!;
        for (let q = 0; q < P; q++) z += inputs.data[i * P + q]! * w[q]!;
        gradient += (1 / (1 + Math.exp(-z)) - problem.targets[i]!) * inputs.data[i * P + p]!;
      }
      expect(gradient).toBeCloseTo(0, 7);
    }
  });
});
