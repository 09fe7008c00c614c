// Means without one's own group, by hand.
import { expect, test } from 'vitest';
import { fromRows, matrix64 } from '../../src/math/matrix.js';
import { leaveGroupOut } from '../../src/routers/leave-group-out.js';
import { outcomesOf } from '../../src/routers/outcomes.js';

const NONE = Number.NaN;

test('a row sees the means of other groups; a model that they have no cell of keeps its own', () => {
  const table = {
    models: ['a', 'b', 'c'],
    features: fromRows([[1], [1], [2], [3]]),
    quality: matrix64(4, 3, Float64Array.of(1, 0.5, NONE, 0.5, NONE, NONE, 0.25, 1, 0.75, NONE, 0, NONE)),
    groups: Int32Array.of(4, 4, 9, 2),
  };
  const others = leaveGroupOut(table, outcomesOf(table));
  expect(others.groupOf(1)).toEqual([0, 1]);
  expect(others.groupOf(2)).toEqual([2]);
  expect([...others.priorWithout(0)]).toEqual([0.25, (1 + 0) / 2, 0.75]);
  expect([...others.priorWithout(1)]).toEqual([...others.priorWithout(0)]);
  // c is known from row 2 alone: without it nothing is, and its mean stays
  expect([...others.priorWithout(2)]).toEqual([(1 + 0.5) / 2, (0.5 + 0) / 2, 0.75]);
  expect([...others.priorWithout(3)]).toEqual([(1 + 0.5 + 0.25) / 3, (0.5 + 1) / 2, 0.75]);
});
