// Tables where the right answer is known: the verdict must find it, and must not find gains that are not there.
// VSR_FULL_PROOFS=1 runs more tables with 10,000 resamples each (about three minutes of processor time).
import { describe, expect, test, vi } from 'vitest';
import { findLeaks } from '../../src/data/leaks.js';
import type { Query, Split } from '../../src/data/query.js';
import { evaluateRouters } from '../../src/evaluation/evaluate-routers.js';
import { seededRandom } from '../../src/math/random.js';
import { counted, LEARNED, type Plant, plantedReport } from './planted-table.js';
import { QUALITY_ALONE, tableOf } from './table-of.js';

const FULL = process.env.VSR_FULL_PROOFS === '1';
if (FULL) vi.setConfig({ testTimeout: 3_600_000 }); // a minute of arithmetic each, and ten of waiting where the machine is shared
const seeds = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);
const options = { minGain: 0.01, bootstrap: FULL ? 10_000 : 400, confidence: 0.95, seed: 42 };
const kinds = (count: number, plant: Omit<Plant, 'seed'>) =>
  counted(seeds(count).map((seed) => plantedReport({ seed, bootstrap: options.bootstrap, ...plant }).verdict.kind));

describe('a planted gain of 5 points', () => {
  const gain = { win: 0.15, loss: 0.1 };

  test('is found with 3,000 queries, every time', () => {
    expect(kinds(20, { ...gain, queries: 3000 })).toEqual(new Map([['route', 20]]));
  });

  test('is never denied with 300 queries, and the number of queries asked for would have found it', () => {
    const found = kinds(20, { ...gain, queries: 300 });
    expect(found.get('do-not-route')).toBeUndefined();
    const undecided = seeds(20)
      .map((seed) => plantedReport({ seed, ...gain, queries: 300 }).verdict)
      .filter(({ kind }) => kind === 'inconclusive');
    expect(undecided.length).toBeGreaterThan(0);
    // standard error √((.15 + .1 − .05²)/N); N·(2.8·se/.01)² = 2.8²·.2475/.01² = 19,404, give or take the sample's own share
    for (const { neededQueries } of undecided) {
      expect(neededQueries! / 19_404).toBeGreaterThan(0.6);
      expect(neededQueries! / 19_404).toBeLessThan(1.5);
    }
  });
});

describe('no gain at all', () => {
  test('with 3,000 queries on which the two hardly differ: do not route', () => {
    const found = kinds(20, { win: 0.01, loss: 0.01, queries: 3000 });
    expect(found.get('route')).toBeUndefined();
    expect(found.get('do-not-route')).toBeGreaterThan(15); // H < δ with probability .97
  });

  test('over 400 null tables the false "route" stays within 2.5 % and its noise', () => {
    const found = kinds(FULL ? 1000 : 400, { win: 0.12, loss: 0.12, queries: FULL ? 300 : 100 });
    const tables = [...found.values()].reduce((sum, n) => sum + n, 0);
    const noise = 2.33 * Math.sqrt((0.025 * 0.975) / tables);
    expect((found.get('route') ?? 0) / tables).toBeLessThanOrEqual(0.025 + noise);
    expect(tables).toBe(FULL ? 1000 : 400);
  });

  test('a router that chooses at random among equal models is not called a gain either', () => {
    const found = counted(
      seeds(100).map((seed) => {
        const random = seededRandom(seed).fork('null');
        const draw = (n: number) =>
          tableOf({ quality: Array.from({ length: n }, () => [0, 1, 2, 3].map(() => random.int(2))) });
        const queries = 120;
        return evaluateRouters({
          train: draw(200),
          test: draw(queries),
          testGroups: Int32Array.from({ length: queries }, (_, i) => i),
          objective: QUALITY_ALONE,
          routers: [
            {
              name: 'chance',
              choices: Int32Array.from({ length: queries }, () => random.int(4)),
              chosenOnValidation: true,
            },
          ],
          options,
        }).verdict.kind;
      }),
    );
    expect(found.get('route') ?? 0).toBeLessThanOrEqual(6); // P(more | 2.5 %) = 1.2 %
  });
});

describe('the intervals', () => {
  const cover = (plant: Omit<Plant, 'seed'>, tables: number) => {
    const truth = plant.win - plant.loss;
    const inside = seeds(tables, 5000).filter((seed) => {
      const { low, high } = plantedReport({ seed, bootstrap: options.bootstrap, ...plant }).verdict.interval;
      return low <= truth && truth <= high;
    });
    return inside.length / tables;
  };

  test.each([
    ['single queries', { win: 0.15, loss: 0.1, queries: 200 }],
    ['groups of four equal queries', { win: 0.15, loss: 0.1, queries: 400, groupSize: 4 }],
  ])('cover the truth in 93 to 97 of 100 tables: %s', (_, plant) => {
    const share = cover(plant, FULL ? 1000 : 400);
    expect(share).toBeGreaterThanOrEqual(0.93);
    expect(share).toBeLessThanOrEqual(0.97);
  });
});

describe('gain in one task alone', () => {
  const queries = 1200;
  const tasks = Array.from({ length: queries }, (_, i) => ['law', 'logic', 'cooking', 'physics'][i % 4]!);
  const random = seededRandom(7);
  // in law `other` is right in .8 and `best` in .5; elsewhere both answer alike
  const quality = tasks.map((task) => {
    const both = random.int(2);
    return task === 'law' ? [both, Number(random.uniform() < 0.8)] : [both, both];
  });
  const report = evaluateRouters({
    train: LEARNED,
    test: tableOf({ quality, tasks, models: LEARNED.models }),
    testGroups: Int32Array.from({ length: queries }, (_, i) => i),
    objective: QUALITY_ALONE,
    routers: [{ name: 'router', choices: new Int32Array(queries).fill(1), chosenOnValidation: true }],
    options,
  });

  test('the verdict is route, and names the task without which nothing is left', () => {
    const { kind, carriedBy } = report.verdict;
    expect([kind, carriedBy]).toEqual([
      'route',
      { task: 'law', n: 300, share: 1, without: { delta: 0, low: 0, high: 0 } },
    ]);
  });

  test('the other tasks show a difference of exactly nothing', () => {
    const differences = Object.fromEntries(report.tasks.map(({ task, difference }) => [task, difference]));
    const nothing = { delta: 0, low: 0, high: 0 };
    expect(differences).toMatchObject({ cooking: nothing, logic: nothing, physics: nothing });
    expect(differences.law!.low).toBeGreaterThan(0.15);
    expect(differences.law!.high).toBeLessThan(0.45);
  });
});

describe('gain by leakage', () => {
  // Two models right by chance; the router remembers the outcome of every text that it has seen.
  const random = seededRandom(11);
  const rows = Array.from({ length: 1200 }, (_, i) => {
    const outcome = random.int(2);
    return { text: `question ${i}`, quality: [outcome, 1 - outcome] };
  });
  const train = rows.slice(0, 600);
  const judged = [...rows.slice(600, 900), ...train.slice(0, 300)];
  const all = [...train, ...judged];
  const splits = all.map((_, i): Split => (i < train.length ? 'train' : 'test'));
  const withTexts = (some: typeof rows) => {
    const table = tableOf({ quality: some.map(({ quality }) => quality) });
    return { ...table, queries: table.queries.map((query, i): Query => ({ ...query, query: some[i]!.text })) };
  };
  const memory = new Map(train.map(({ text, quality }) => [text, quality.indexOf(1)]));
  const judge = (some: typeof rows, leak: { count: number; excluded: boolean }) =>
    evaluateRouters({
      train: withTexts(train),
      test: withTexts(some),
      testGroups: Int32Array.from(some.keys()),
      objective: QUALITY_ALONE,
      routers: [
        {
          name: 'memory',
          choices: Int32Array.from(some, ({ text }, i) => memory.get(text) ?? i % 2),
          chosenOnValidation: true,
        },
      ],
      options: { ...options, leak },
    }).verdict;
  const leaks = findLeaks(withTexts(all).queries, splits);

  test('is refused while the leaking rows stand, however large it looks', () => {
    const verdict = judge(judged, { count: leaks.count, excluded: false });
    expect(leaks.count).toBe(300);
    expect(verdict.interval.low).toBeGreaterThan(0.1);
    expect([verdict.kind, verdict.rule]).toEqual(['inconclusive', 'leak']);
  });

  test('is gone once they are left out', () => {
    const leaking = new Set(leaks.rows);
    const clean = all.filter((_, i) => splits[i] === 'test' && !leaking.has(i));
    const verdict = judge(clean, { count: leaks.count, excluded: true });
    expect(clean.length).toBe(300);
    expect(verdict.kind).not.toBe('route');
    expect(verdict.interval.low).toBeLessThan(0);
  });
});

describe('costs that reverse the ranking', () => {
  // `dear` is right in .62 at 40 times the price, `cheap` in .6
  const queries = 4000;
  const random = seededRandom(3);
  const draw = () =>
    tableOf({
      quality: Array.from({ length: queries }, () => {
        const u = random.uniform();
        return [Number(u < 0.6), Number(u < 0.62)];
      }),
      cost: Array.from({ length: queries }, () => [0.0001, 0.004]),
      models: ['cheap', 'dear'],
    });
  const [train, judged] = [draw(), draw()];
  const verdict = (weight: number, model: number) =>
    evaluateRouters({
      train,
      test: judged,
      testGroups: Int32Array.from({ length: queries }, (_, i) => i),
      objective: { quality: weight, latency: 0, cost: 1 - weight, latencyScaleMs: 10_000, costScale: 0.002 },
      routers: [{ name: 'constant', choices: new Int32Array(queries).fill(model), chosenOnValidation: true }],
      options,
    }).verdict;

  test('by quality alone the dear model is to be beaten, with cost in the utility the cheap one', () => {
    expect([verdict(1, 0).model, verdict(0.9, 0).model]).toEqual(['dear', 'cheap']);
  });

  test('always asking the dear model is refused as soon as cost counts', () => {
    const { kind, delta } = verdict(0.9, 1);
    // .9·.02 − .1·(1/1.05 − 1/3) = −.044
    expect(delta).toBeCloseTo(-0.044, 2);
    expect(kind).toBe('do-not-route');
  });

  test('more quality, too little to be sure of, at a tenth of the price: route, because it saves', () => {
    // 95 wins and 75 losses of 1,000: +2 points, ± 1.96·√(.17 − .02²)/√1000 = 2.6
    const quality = Array.from({ length: 1000 }, (_, i) => (i < 95 ? [0, 1] : i < 170 ? [1, 0] : [i % 2, i % 2]));
    const verdict = evaluateRouters({
      train: LEARNED,
      test: tableOf({ quality, cost: quality.map(() => [0.002, 0.0002]), models: LEARNED.models }),
      testGroups: Int32Array.from(quality.keys()),
      objective: QUALITY_ALONE,
      routers: [{ name: 'thrifty', choices: new Int32Array(1000).fill(1), chosenOnValidation: true }],
      options,
    }).verdict;
    expect([verdict.kind, verdict.rule]).toEqual(['route', 'cheaper']);
    expect(verdict.saving).toBeCloseTo(0.9, 12);
  });
});

describe('cells that are missing because the model failed', () => {
  /** `other` is right in .5, but a share of its failures never reached the table, so that it looks better than it is. */
  const withMissing = (missingFailures: number) => {
    const random = seededRandom(5);
    const quality = Array.from({ length: 2000 }, () => {
      const right = random.int(2);
      const missing = right === 0 && random.uniform() < missingFailures;
      return [Number(random.uniform() < 0.55), missing ? null : right];
    });
    return evaluateRouters({
      train: LEARNED,
      test: tableOf({ quality, models: LEARNED.models }),
      testGroups: Int32Array.from(quality.keys()),
      objective: QUALITY_ALONE,
      routers: [{ name: 'router', choices: new Int32Array(quality.length).fill(1), chosenOnValidation: true }],
      options,
    });
  };

  test('a quarter of the cells: the flattering difference decides nothing', () => {
    const { verdict } = withMissing(0.5);
    expect(verdict.delta).toBeGreaterThan(0.05);
    expect([verdict.kind, verdict.rule]).toEqual(['inconclusive', 'coverage']);
  });

  test('a tenth of the cells: the reader is warned how many queries the means leave out', () => {
    expect(withMissing(0.2).warnings).toEqual([
      expect.stringMatching(/^router chose a missing cell for (9|10|11) % of the queries/),
      expect.stringMatching(/^router has collapsed: other gets 100.0 % of the queries/),
    ]);
  });
});
