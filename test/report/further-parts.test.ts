// The parts of the report that not every data has: latencies, people, seeds, the learning curve, the configuration.
import { describe, expect, test } from 'vitest';
import { choiceArm } from '../../src/evaluation/arm.js';
import { latencyReport } from '../../src/evaluation/latency.js';
import { evaluatePeople } from '../../src/evaluation/people-evaluation.js';
import type { Report } from '../../src/evaluation/report.js';
import { utilityMatrix } from '../../src/evaluation/utility-matrix.js';
import { renderHtml } from '../../src/report/html/html-report.js';
import { renderText } from '../../src/report/text.js';
import { QUALITY_ALONE, tableOf } from '../evaluation/table-of.js';
import { reportOf } from './report-of.js';

const HOSTILE = '<script>alert(1)</script>';

const people = evaluatePeople(
  {
    user: [0, 0, 1, 1],
    outcome: [1, 0, 1, 1],
    differences: { 'ranking for everybody': [1, 1, 1, -1], personal: [2, -2, 2, 1] },
    byHistory: { personal: { 0: [1, 1, 1, 1], 5: [1, -1, 1, 1] } },
  },
  { seed: 1, bootstrap: 50, confidence: 0.95, judged: ['personal'] },
);
const step = (share: number, learned: number, utility: number) => ({
  share,
  learned,
  judged: 60,
  bestSingle: { utility: 0.5, quality: 0.5, difference: null },
  lookup: { utility, quality: utility, difference: { delta: utility - 0.5, low: 0, high: 1 } },
  knn: null,
});
const percentiles = { p50: 0.2, p95: 0.4, p99: 0.6 };
const full: Report = {
  ...reportOf(),
  people,
  latency: {
    models: [{ name: 'small', n: 60, mean: 110, p50: 100, p95: 200, p99: 300 }],
    arms: [{ name: 'perfect', n: 60, mean: 220, p50: 210, p95: 400, p99: 500 }],
  },
  learningCurve: { label: 'held-out test', steps: [step(0.25, 15, 0.6), step(0.5, 30, 0.7), step(1, 60, 0.9)] },
  trainingNoise: {
    label: 'held-out test',
    queries: 60,
    routers: [
      {
        router: 'perfect',
        fits: 3,
        quality: { mean: 0.9, low: 0.8, high: 1 },
        utility: { mean: 0.9, low: 0.8, high: 1 },
        gain: { mean: 0.1, low: 0, high: 0.2 },
        alike: false,
      },
    ],
  },
  setup: {
    artifact: 'artifacts',
    createdAt: '2026-01-02T03:04:05.000Z',
    version: '0.1.0',
    engine: null,
    encoder: `static ${HOSTILE}`,
    features: 128,
    data: { file: 'outcomes.jsonl', sha256: 'ab'.repeat(32) },
    models: [{ model: HOSTILE, inputPrice: 0.2, outputPrice: null, cells: 60, decisions: ['math'] }],
    routers: [{ name: 'knn', params: { k: 5 } }],
    decisions: [{ name: 'math', models: ['small'], trainable: false }],
    strays: { unlearned: ['newcomer'], dataless: ['ghost'] },
    overhead: { queries: 100, cold: 40, embed: percentiles, score: percentiles, total: percentiles, bytes: 2e6 },
  },
};

describe('the page', () => {
  const html = renderHtml(full);
  test('draws the learning curve, latencies and few votes, each with its table', () => {
    for (const id of ['plot-learning', 'plot-latency', 'plot-few-votes']) {
      const figure = html.slice(html.indexOf(`<figure id="${id}"`)).split('</figure>')[0]!;
      expect(figure, id).toContain('role="img"');
      expect(figure, id).toMatch(/aria-label="[^"]{20,}"/);
      expect(figure, id).toContain('<table');
    }
  });
  test('every term has its definition on the page', () => {
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    expect([...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id).filter((id) => !ids.has(id))).toEqual([]);
  });
  test('names people, prices and parameters, and runs none of them', () => {
    expect(html).toContain('Person by person: personal against the ranking for everybody');
    expect(html).toContain('{&quot;k&quot;:5}');
    expect(html).not.toContain(HOSTILE);
  });
});

test('the text has the same parts, within 100 columns', async () => {
  const text = await renderText(full);
  for (const part of ['Learning curve', 'How long answers take', 'People', 'other seeds', 'Configuration']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('Configured, but not learned from: ghost. Benchmark them.');
  expect(text).toContain('0.900 (0.800 to 1.000)');
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('latencies: percentiles by nearest rank, of the models and of what was chosen; a missing answer has none', () => {
  const table = tableOf({
    quality: [
      [1, 1],
      [1, 0],
      [null, 1],
      [0, 1],
    ],
    latency: [
      [10, 400],
      [20, 300],
      [30, 200],
      [40, null],
    ],
  });
  const judged = { table, utilities: utilityMatrix(table, QUALITY_ALONE) };
  const arm = choiceArm('r', 'router', Int32Array.of(0, 1, 0, 1), judged);
  expect(latencyReport(table, [arm])).toEqual({
    models: [
      { name: 'm0', n: 3, mean: 70 / 3, p50: 20, p95: 40, p99: 40 },
      { name: 'm1', n: 3, mean: 300, p50: 300, p95: 400, p99: 400 },
    ],
    arms: [{ name: 'r', n: 2, mean: 155, p50: 10, p95: 300, p99: 300 }],
  });
  expect(latencyReport(tableOf({ quality: [[1]] }), [])).toBeNull();
});
