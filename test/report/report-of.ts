// A small report with everything in it, for the tests of its text.
import { evaluateRouters } from '../../src/evaluation/evaluate-routers.js';
import type { Report } from '../../src/evaluation/report.js';
import { matrix, matrix64 } from '../../src/math/matrix.js';
import { QUALITY_ALONE, tableOf } from '../evaluation/table-of.js';

const ROWS = [
  { task: 'logic', quality: [1, 0], cost: [0.001, 0.004] },
  { task: 'law', quality: [0, 1], cost: [0.001, 0.004] },
  { task: 'logic', quality: [1, 0], cost: [0.001, 0.004] },
];

/** 60 queries, two tasks; `perfect` always sends a query to the model that can answer it. */
export function reportOf(
  options: {
    qualityWeight?: number;
    label?: string;
    queries?: number;
    routers?: readonly string[];
    judged?: string;
    scored?: boolean;
    hostile?: string;
  } = {},
): Report {
  const {
    qualityWeight = 1,
    label = 'held-out test',
    queries = 60,
    routers = [],
    judged = 'perfect',
    scored = true,
    hostile,
  } = options;
  const rows = Array.from({ length: queries }, (_, i) => ROWS[i % ROWS.length]!);
  const table = tableOf({
    quality: rows.map(({ quality }) => quality),
    cost: rows.map(({ cost }) => cost),
    tasks: rows.map(({ task }) => task),
    models: ['small', 'large'],
  });
  const judgedTable =
    hostile === undefined ? table : { ...table, queries: table.queries.map((query) => ({ ...query, query: hostile })) };
  const costs = matrix64(
    queries,
    2,
    Float64Array.from({ length: 2 * queries }, (_, i) => (i % 2 ? 0.004 : 0.001)),
  );
  const scoresOf = (expected: (row: number, m: number) => number) =>
    scored && {
      scores: {
        expected: matrix(
          queries,
          2,
          Float32Array.from({ length: 2 * queries }, (_, i) => expected(i >> 1, i % 2)),
        ),
        costs,
        areQualities: true,
      },
    };
  return evaluateRouters({
    train: table,
    test: judgedTable,
    testGroups: Int32Array.from(rows.keys()),
    objective: { ...QUALITY_ALONE, quality: qualityWeight, cost: 1 - qualityWeight, costScale: 0.001 },
    routers: [
      {
        name: 'constant',
        choices: new Int32Array(queries),
        chosenOnValidation: judged === 'constant',
        ...scoresOf(() => 0.5),
      },
      {
        name: 'perfect',
        choices: Int32Array.from(rows, ({ task }) => (task === 'law' ? 1 : 0)),
        chosenOnValidation: judged === 'perfect',
        ...scoresOf((row, m) => rows[row]!.quality[m]!),
      },
      ...routers.map((name) => ({ name, choices: new Int32Array(queries), chosenOnValidation: false })),
    ],
    options: {
      minGain: 0.01,
      bootstrap: 200,
      confidence: 0.95,
      seed: 42,
      label,
      warnings: ['The data knows no latency.'],
    },
  });
}
