// scripts/check-report.py recomputes a report in numpy: it must agree with every number, and must notice one that is wrong.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { evaluateRouters } from '../../src/evaluation/evaluate-routers.js';
import { seededRandom } from '../../src/math/random.js';
import { reportJson } from '../../src/report/json.js';
import { temporaryFolder } from '../temporary-folder.js';
import { tableOf } from './table-of.js';

const SCRIPT = new URL('../../scripts/check-report.py', import.meta.url).pathname;
const skipped = spawnSync('python3', ['-c', 'import numpy; numpy.trapezoid']).status !== 0 && 'no python3 with numpy 2';
if (skipped) console.warn(`The report is not recomputed: ${skipped}.`);

describe.skipIf(skipped)('the report, recomputed', () => {
  const folder = temporaryFolder();
  const random = seededRandom(4);
  const models = ['a', 'b', 'c'];
  const draw = (n: number) => {
    const tasks = Array.from({ length: n }, (_, i) => ['law', 'logic', 'physics'][i % 3]!);
    const cells = (of: (m: number, i: number) => number) =>
      tasks.map((_, i) => models.map((__, m) => (random.int(20) === 0 && m > 0 ? null : of(m, i))));
    const quality = cells((m, i) => Number(random.uniform() < (m === i % 3 ? 0.8 : 0.4)));
    const cost = quality.map((row) => row.map((value, m) => (value === null ? null : 0.001 * (m + random.uniform()))));
    return { tasks, quality, cost };
  };
  const parts = { train: draw(150), test: draw(120) };
  const table = ({ tasks, quality, cost }: (typeof parts)['train']) => tableOf({ tasks, quality, cost, models });
  const outcomes = folder.write(
    'outcomes.jsonl',
    Object.entries(parts)
      .flatMap(([split, { tasks, quality, cost }]) =>
        tasks.map((task_name, i) => ({
          id: `q${i}`,
          query: `${split} ${i}`,
          task_name,
          split,
          outcomes: Object.fromEntries(models.map((m, c) => [m, { quality: quality[i]![c], cost: cost[i]![c] }])),
        })),
      )
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
  const report = evaluateRouters({
    train: table(parts.train),
    test: table(parts.test),
    testGroups: Int32Array.from({ length: 120 }, (_, i) => i),
    objective: { quality: 0.8, latency: 0, cost: 0.2, latencyScaleMs: 10_000, costScale: 0.001 },
    routers: [{ name: 'first', choices: new Int32Array(120), chosenOnValidation: true }],
    options: { minGain: 0.01, bootstrap: 4000, confidence: 0.95, seed: 42 },
  });
  const check = (changed: object) => {
    const path = folder.write('report.json', JSON.stringify({ ...reportJson(report), ...changed }));
    const { status, stdout } = spawnSync('python3', [SCRIPT, path, outcomes], { encoding: 'utf8' });
    return { status, ...JSON.parse(stdout) };
  };

  test('every number agrees', () => {
    const { status, compared, wrong } = check({});
    expect({ status, wrong }).toEqual({ status: 0, wrong: [] });
    expect(compared).toBeGreaterThan(100);
  });

  test('one number that is off by a thousandth is named', () => {
    const arms = report.arms.map((arm) => (arm.name === 'oracle' ? { ...arm, quality: arm.quality! - 0.001 } : arm));
    const { status, wrong } = check({ arms });
    expect([status, wrong.map(({ what }: { what: string }) => what)]).toEqual([1, ['oracle: quality']]);
  });
});
