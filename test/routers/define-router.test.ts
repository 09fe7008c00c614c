// What defineRouter adds to a router's own functions: params parsed once, tables checked, scores in blocks.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { graphBuilder } from '../../src/inference/scoring-graph.js';
import { fromRows, matrix, matrix64 } from '../../src/math/matrix.js';
import { defineRouter } from '../../src/routers/define-router.js';
import type { TrainingTable } from '../../src/routers/router.js';

const params = z.strictObject({
  batchSize: z.int('expected a whole number').min(1, 'expected a whole number of at least 1').default(8),
  kernel: z.enum(['rbf', 'linear'], { error: 'expected rbf or linear' }).default('rbf'),
});

/** Scores every query by its own features, of which there are as many as models. */
const echo = defineRouter<z.output<typeof params>>({
  name: 'echo',
  params: async () => params,
  scale: () => 'logit',
  fit: async () => ({ json: {}, tensors: {} }),
  graph: ({ featureDim }) => {
    const graph = graphBuilder();
    return graph.build(graph.mul(graph.input('features', ['batch', featureDim]), graph.scalar(2)));
  },
});
const table: TrainingTable = {
  models: ['a', 'b'],
  features: fromRows([[1, 2]]),
  quality: matrix64(1, 2, Float64Array.of(1, 0)),
  groups: Int32Array.of(0),
};

test('fills in defaults, and says which parameters it runs with', async () => {
  const fitted = await echo.fit(table, { kernel: 'linear' }, { seed: 1 });
  expect([fitted.params, fitted.scale]).toEqual([{ batchSize: 8, kernel: 'linear' }, 'logit']);
  expect(echo.needs).toEqual({ gradient: false, users: false });
});

test.each([
  [{ batchSiz: 3 }, 'routers.echo.batch_siz: unknown key.', 'Did you mean routers.echo.batch_size?'],
  [{ somethingElse: 3 }, 'routers.echo.something_else: unknown key.', 'Known are batch_size, kernel.'],
  [
    { batchSize: 0 },
    'routers.echo.batch_size: expected a whole number of at least 1, got 0.',
    'The parameters of echo are described in configs/echo.yaml.',
  ],
  [
    { kernel: 'poly' },
    'routers.echo.kernel: expected rbf or linear, got "poly".',
    'The parameters of echo are described in configs/echo.yaml.',
  ],
])('refuses %j as the configuration spells it', async (wrong, message, hint) => {
  await expect(echo.checkParams(wrong)).rejects.toMatchObject({ code: 'VSR_ROUTER_PARAMS', message, hint });
});

test('scores any number of rows in blocks, in their order', async () => {
  const features = matrix(600, 2);
  features.data.forEach((_, at) => {
    features.data[at] = at;
  });
  const fitted = await echo.fit(table, {}, { seed: 1 });
  const doubled = { rows: 600, cols: 2, data: features.data.map((value) => 2 * value) };
  expect(await fitted.score({ features })).toEqual(doubled);
  expect(await fitted.score({ features: matrix(0, 2) })).toEqual(matrix(0, 2));
});

test('gives the graph what else it asks for, in the same blocks, and remembers what it worked out', async () => {
  let prepared = 0;
  const shifted = defineRouter<z.output<typeof params>>({
    name: 'shifted',
    params: async () => params,
    scale: () => 'logit',
    fit: async () => ({ json: {}, tensors: {} }),
    graph: ({ featureDim }) => {
      const graph = graphBuilder();
      return graph.build(graph.add(graph.input('features', ['batch', featureDim]), graph.input('shift', ['batch', 1])));
    },
    inputs: () => {
      prepared++;
      return ({ features: { rows } }) => ({
        shift: { shape: [rows, 1], data: Float32Array.from({ length: rows }, (_, row) => row) },
      });
    },
  });
  const fitted = await shifted.fit(table, {}, { seed: 1 });
  const rows = { rows: 600, cols: 2, data: Float32Array.from({ length: 1200 }, (_, at) => Math.floor(at / 2)) };
  expect(await fitted.score({ features: matrix(600, 2) })).toEqual(rows);
  expect(await fitted.score({ features: matrix(600, 2) })).toEqual(rows);
  expect(Object.keys(await fitted.inputs({ features: matrix(1, 2) }))).toEqual(['features', 'shift']);
  expect(prepared).toBe(1);
});
