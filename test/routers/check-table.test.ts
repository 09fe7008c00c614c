// The table of bad input: each gets one sentence that says where, what was expected and what came.
import { expect, test } from 'vitest';
import { fromRows, matrix, matrix64 } from '../../src/math/matrix.js';
import { checkFeatures, checkTable } from '../../src/routers/check-table.js';
import type { TrainingTable } from '../../src/routers/router.js';

const NONE = Number.NaN;

function tableWith(changes: Partial<TrainingTable> = {}): TrainingTable {
  return {
    models: ['amber', 'birch'],
    features: fromRows([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    quality: matrix64(2, 2, Float64Array.of(0, 1, 0.5, NONE)),
    groups: Int32Array.of(0, 1),
    ...changes,
  };
}

test('takes a table with missing cells and qualities from 0 to 1', () => {
  expect(() => checkTable(tableWith())).not.toThrow();
});

test.each<[string, Partial<TrainingTable>]>([
  [
    'The training table is empty: at least one query and one model are needed.',
    { features: matrix(0, 3), quality: matrix64(0, 2), groups: new Int32Array() },
  ],
  [
    'The training table is empty: at least one query and one model are needed.',
    { models: [], quality: matrix64(2, 0) },
  ],
  [
    'The training table does not fit together: 2 feature rows, 2 × 2 outcomes, 3 groups, 2 models.',
    { groups: Int32Array.of(0, 1, 2) },
  ],
  ['The features have no columns: at least one is needed.', { features: matrix(2, 0) }],
  ['Model amber stands twice in the training table.', { models: ['amber', 'amber'] }],
  [
    'Features row 1, column 0: expected a number, got NaN.',
    {
      features: fromRows([
        [1, 2, 3],
        [NONE, 5, 6],
      ]),
    },
  ],
  [
    'Row 1, model amber: quality must be in [0, 1], got Infinity.',
    { quality: matrix64(2, 2, Float64Array.of(0, 1, Number.POSITIVE_INFINITY, 1)) },
  ],
  [
    'Row 0, model birch: quality must be in [0, 1], got -0.1.',
    { quality: matrix64(2, 2, Float64Array.of(0, -0.1, 1, 1)) },
  ],
  ['Model birch has no outcome in the training rows.', { quality: matrix64(2, 2, Float64Array.of(0, NONE, 1, NONE)) }],
])('refuses: %s', (message, changes) => {
  expect(() => checkTable(tableWith(changes))).toThrow(expect.objectContaining({ code: 'VSR_TRAINING_DATA', message }));
});

test('refuses features of another width or without a number', () => {
  expect(() => checkFeatures(matrix(1, 384), 398)).toThrow(
    expect.objectContaining({
      code: 'VSR_FEATURES',
      message: 'The features have 384 columns, the router expects 398.',
      hint: 'Embed with the encoder that the artifact names.',
    }),
  );
  expect(() => checkFeatures(fromRows([[0, Number.NEGATIVE_INFINITY]]), 2)).toThrow(
    expect.objectContaining({
      code: 'VSR_FEATURES',
      message: 'Features row 0, column 1: expected a number, got -Infinity.',
    }),
  );
});
