import { expect, test } from 'vitest';
import { stateCount, stateTensor } from '../../src/routers/state-tensor.js';

const state = {
  json: { k: 3, name: 'x' },
  tensors: {
    rows: { shape: [2, 3], data: new Float32Array(6) },
    sizes: { shape: [2], data: new Int32Array(2) },
    torn: { shape: [2, 2], data: new Float32Array(3) },
  },
};
const refused = (what: string) => expect.objectContaining({ code: 'VSR_ARTIFACT', message: `router state: ${what}.` });

test('gives a tensor of the shape and kind asked for', () => {
  expect(stateTensor(state, 'rows', [2, null])).toBe(state.tensors.rows);
  expect(stateTensor(state, 'sizes', [2], 'int32')).toBe(state.tensors.sizes);
});

test('refuses a tensor that is missing, of another shape or kind, or shorter than its shape', () => {
  expect(() => stateTensor(state, 'values', [2, null])).toThrow(refused('tensor "values" [2×any] float32 is missing'));
  expect(() => stateTensor(state, 'rows', [3, null])).toThrow(
    refused('tensor "rows" must be [3×any] float32, got [2×3] float32 with 6 values'),
  );
  expect(() => stateTensor(state, 'sizes', [2])).toThrow(
    refused('tensor "sizes" must be [2] float32, got [2] int32 with 2 values'),
  );
  expect(() => stateTensor(state, 'torn', [2, 2])).toThrow(
    refused('tensor "torn" must be [2×2] float32, got [2×2] float32 with 3 values'),
  );
});

test('gives a whole number in range, and refuses anything else', () => {
  expect(stateCount(state, 'k', 1, 3)).toBe(3);
  expect(() => stateCount(state, 'k', 1, 2)).toThrow(refused('"k" must be a whole number from 1 to 2, got 3'));
  expect(() => stateCount(state, 'name', 1, 2)).toThrow(refused('"name" must be a whole number from 1 to 2, got "x"'));
});
