import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainEvaluator } from '../../../src/inference/plain/plain-evaluator.js';
import { randomCase } from '../random-graph.js';

test('running changes neither inputs nor constants, and the second run gives what the first gave', async () => {
  await fc.assert(
    fc.asyncProperty(randomCase, async ({ graph, features }) => {
      const before = structuredClone({ graph, features });
      const evaluator = plainEvaluator(graph);
      const first = structuredClone(await evaluator.run({ features }));
      expect(await evaluator.run({ features })).toEqual(first);
      expect({ graph, features }).toEqual(before);
    }),
    { numRuns: 100, seed: 11 },
  );
});

test('a batch gives row by row what each row gives alone', async () => {
  await fc.assert(
    fc.asyncProperty(randomCase, async ({ graph, features }) => {
      const evaluator = plainEvaluator(graph);
      const [rows, cols] = features.shape as [number, number];
      const batch = await evaluator.run({ features });
      const width = batch.data.length / rows;
      for (let row = 0; row < rows; row++) {
        const alone = { shape: [1, cols], data: features.data.slice(row * cols, (row + 1) * cols) };
        const { data } = await evaluator.run({ features: alone });
        for (let i = 0; i < width; i++) {
          const expected = batch.data[row * width + i]!;
          expect(Math.abs(data[i]! - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(1e-5);
        }
      }
    }),
    { numRuns: 100, seed: 13 },
  );
});
