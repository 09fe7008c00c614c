// The whole judgement on tables small enough to check by hand.
import { describe, expect, test } from 'vitest';
import { type EvaluationInput, evaluateRouters } from '../../src/evaluation/evaluate-routers.js';
import type { ArmReport, Report } from '../../src/evaluation/report.js';
import { type Cells, QUALITY_ALONE, tableOf } from './table-of.js';

const options = { minGain: 0.01, bootstrap: 500, confidence: 0.95, seed: 42 };

/** `times` copies of the rows. */
const repeat = <T>(rows: readonly T[], times: number): T[] => Array.from({ length: times }, () => rows).flat();

const arm = (report: Report, name: string): ArmReport => {
  const found = report.arms.find((one) => one.name === name);
  if (!found) throw new Error(`no arm ${name} among ${report.arms.map((one) => one.name).join(', ')}`);
  return found;
};

// Tasks a and b: m0 is right on a, m1 on b, m2 half right everywhere and dear.
const QUALITY: Cells = [
  [1, 0, 0.5],
  [0, 1, 0.5],
  [1, 0, 0.5],
];
const COST: Cells = repeat([[0.001, 0.002, 0.004]], 3);
const TASKS = ['a', 'b', 'a'];
const table = (times: number, cost = true) =>
  tableOf({
    quality: repeat(QUALITY, times),
    ...(cost && { cost: repeat(COST, times) }),
    tasks: repeat(TASKS, times),
    models: ['x', 'y', 'z'],
  });

function input(change: Partial<EvaluationInput> = {}): EvaluationInput {
  const judged = table(20);
  return {
    train: table(10),
    test: judged,
    testGroups: Int32Array.from(judged.queries.keys()),
    objective: QUALITY_ALONE,
    routers: [{ name: 'perfect', choices: Int32Array.from(repeat([0, 1, 0], 20)), chosenOnValidation: true }],
    options,
    ...change,
  };
}

describe('one router against the baselines', () => {
  const report = evaluateRouters(input());

  test('lists baselines, routers and bounds in the order of the table', () => {
    expect(report.arms.map(({ name, kind, model }) => [name, kind, model])).toEqual([
      ['random', 'baseline', null],
      ['cheapest', 'baseline', 'x'],
      ['best single', 'baseline', 'x'],
      ['per-task lookup', 'baseline', null],
      ['zero router', 'baseline', null],
      ['perfect', 'router', null],
      ['best single (hindsight)', 'bound', 'x'],
      ['oracle', 'bound', null],
    ]);
  });

  test('micro and macro quality, cost, regret and hits', () => {
    const shown = (name: string) => {
      const { quality, qualityMacro, cost, hit, hitStrict, regret } = arm(report, name);
      const round = (value: number | null) => value && Number(value.toFixed(9));
      return [quality, qualityMacro, cost, hit, hitStrict, regret!.mean, regret!.median, regret!.p95].map(round);
    };
    expect(shown('random')).toEqual([0.5, 0.5, round9(0.007 / 3), round9(1 / 3), null, 0.5, 0.5, 0.5]);
    expect(shown('best single')).toEqual([
      round9(2 / 3),
      0.5,
      0.001,
      round9(2 / 3),
      round9(2 / 3),
      round9(1 / 3),
      0,
      1,
    ]);
    expect(shown('perfect')).toEqual([1, 1, round9(0.004 / 3), 1, 1, 0, 0, 0]);
    expect(shown('oracle')).toEqual(shown('perfect'));
  });

  test('gains over random and best single, overall and by task', () => {
    const perfect = arm(report, 'perfect');
    expect(perfect.gainOverRandom).toBeCloseTo((1 - 0.5) / 0.5, 12);
    expect(perfect.gainOverRandomMacro).toBeCloseTo(1, 12); // 1 against .5 in both tasks
    expect(perfect.gainOverBest).toBeCloseTo((1 - 2 / 3) / (2 / 3), 12);
    expect(perfect.gainOverBestMacro).toBeCloseTo(0, 12); // 0 on a; b has no ratio, best single earns 0 there
    expect(perfect.gapToOracle).toBe(0);
    expect(perfect.headroomClosed).toBe(1);
  });

  test('differences, wins and the comparison with mixing at the same cost', () => {
    const { against } = arm(report, 'perfect');
    expect(against!.n).toBe(60);
    expect(against!.winTieLoss).toEqual({ win: 20, tie: 40, loss: 0 });
    expect(against!.utility.delta).toBeCloseTo(1 / 3, 12);
    expect(against!.cost!.own).toBeCloseTo(0.004 / 3, 15);
    expect(against!.cost!.best).toBeCloseTo(0.001, 15);
    expect(against!.cost!.saving).toBeCloseTo(-1 / 3, 12);
    // The hull of train is x alone (.001, 2/3): y and z cost more and earn less.
    expect(against!.zero!.delta).toBeCloseTo(1 / 3, 12);
    expect(arm(report, 'zero router').quality).toBeCloseTo(2 / 3, 12);
    expect(report.verdict).toMatchObject({
      kind: 'route',
      rule: 'gain',
      router: 'perfect',
      model: 'x',
      n: 60,
      groups: 60,
    });
  });

  test('the task that carries the gain, and what is left without it', () => {
    expect(report.verdict.carriedBy).toEqual({ task: 'b', n: 20, share: 1, without: { delta: 0, low: 0, high: 0 } });
    expect(
      report.tasks.map(({ task, n, bestSingle, lookup, router, oracle, difference }) => [
        task,
        n,
        bestSingle,
        lookup,
        router,
        oracle,
        difference!.delta,
      ]),
    ).toEqual([
      ['a', 40, 1, 1, 1, 1, 0],
      ['b', 20, 0, 1, 1, 1, 1],
    ]);
  });

  test('routes: shares, entropy, confusion of chosen and best', () => {
    const [route] = report.routes;
    expect(route!.models.map(({ share, quality, bestSingleThere }) => [share, quality, bestSingleThere])).toEqual([
      [2 / 3, 1, 1],
      [1 / 3, 1, 0],
      [0, null, null],
    ]);
    expect(route!.entropyBits).toBeCloseTo(Math.log2(3) - 2 / 3, 12); // −⅔·log₂⅔ − ⅓·log₂⅓
    expect(route!.collapsed).toBe(false);
    expect(route!.confusion).toEqual([
      [40, 0, 0],
      [0, 20, 0],
      [0, 0, 0],
    ]);
  });

  test('is the same twice, and survives JSON unchanged: no NaN, no typed array', () => {
    expect(evaluateRouters(input())).toEqual(report);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('another seed moves the interval, never the difference', () => {
    const other = evaluateRouters(input({ options: { ...options, seed: 7 } }));
    expect(other.verdict.delta).toBe(report.verdict.delta);
    expect(other.verdict.interval).not.toEqual(report.verdict.interval);
  });
});

describe('the objective', () => {
  test('with a weight on cost the best single model may change, and quality keeps its own baselines', () => {
    // u(x) = .5·2/3 + .5/(1+1), u(y) = .5/3 + .5/(1+2), u(z) = .25 + .5/(1+4)
    const objective = { ...QUALITY_ALONE, quality: 0.5, cost: 0.5, costScale: 0.001 };
    const report = evaluateRouters(input({ objective }));
    expect(report.arms.map(({ name }) => name)).toEqual([
      'random',
      'cheapest',
      'best single by quality',
      'best single',
      'lookup by quality',
      'per-task lookup',
      'zero router',
      'perfect',
      'best single (hindsight)',
      'oracle',
    ]);
    expect(arm(report, 'best single').utility).toBeCloseTo(1 / 3 + 0.25, 12);
    // On b, y earns .5 + .5/3 and x earns 0 + .5/2.
    expect(arm(report, 'perfect').utility).toBeCloseTo((2 * 0.75 + 2 / 3) / 3, 12);
    expect(arm(report, 'perfect').against!.utility.delta).toBeCloseTo((2 / 3 - 0.25) / 3, 12);
  });
  test('without costs there is no cheapest, no zero router and no cost comparison', () => {
    const judged = table(20, false);
    const report = evaluateRouters(input({ train: table(10, false), test: judged }));
    expect(report.arms.map(({ name }) => name)).toEqual([
      'random',
      'best single',
      'per-task lookup',
      'perfect',
      'best single (hindsight)',
      'oracle',
    ]);
    const { against, cost } = arm(report, 'perfect');
    expect([cost, against!.cost, against!.zero, report.verdict.saving]).toEqual([null, null, null, null]);
    expect(report.routability.poolPerDollar).toBeNull();
  });
});

describe('missing cells', () => {
  const judged = tableOf({
    quality: repeat(
      [
        [1, 0],
        [null, 1],
        [1, null],
        [0, 1],
      ],
      10,
    ),
  });
  const choices = Int32Array.from(repeat([0, 0, 0, 1], 10));
  const report = evaluateRouters({
    train: tableOf({ quality: repeat([[1, 0]], 5) }),
    test: judged,
    testGroups: Int32Array.from(judged.queries.keys()),
    objective: QUALITY_ALONE,
    routers: [{ name: 'r', choices, chosenOnValidation: true }],
    options,
  });
  test('a chosen missing cell leaves its query out of the mean and lowers coverage', () => {
    const { n, coverage, quality } = arm(report, 'r');
    expect([n, coverage, quality]).toEqual([30, 0.75, 1]);
    expect(report.verdict.rule).toBe('coverage');
    expect(report.warnings).toEqual(['r chose a missing cell for 25 % of the queries: its means leave them out.']);
  });
  test('comparisons use the queries that both sides answered', () => {
    const { against } = arm(report, 'r');
    expect([against!.n, against!.winTieLoss]).toEqual([30, { win: 10, tie: 20, loss: 0 }]);
    expect(against!.utility.delta).toBeCloseTo(1 / 3, 12);
  });
  test('a missing cell is no zero: the missing share is reported for each model', () => {
    expect(report.data.models.map(({ n, missingShare, quality }) => [n, missingShare, quality])).toEqual([
      [30, 0.25, 2 / 3],
      [30, 0.25, 2 / 3],
    ]);
  });
});

describe('folds', () => {
  // In fold 0 model 1 is right, in fold 1 model 0: each fold's baseline comes from the other fold, and is wrong.
  const judged = tableOf({
    quality: [...repeat<readonly number[]>([[0, 1]], 20), ...repeat<readonly number[]>([[1, 0]], 20)],
  });
  const folds = Int32Array.from(judged.queries.keys(), (i) => (i < 20 ? 0 : 1));
  const choices = new Int32Array(40);
  const report = evaluateRouters({
    test: judged,
    testGroups: Int32Array.from(judged.queries.keys()),
    folds,
    objective: QUALITY_ALONE,
    routers: [{ name: 'r', choices, chosenOnValidation: true }],
    options,
  });
  test('baselines for a row are learned on the other folds alone', () => {
    expect(arm(report, 'best single').quality).toBe(0);
    expect(arm(report, 'per-task lookup').quality).toBe(0);
    expect(arm(report, 'best single (hindsight)').quality).toBe(0.5);
    expect(report.data.label).toBe('2 folds');
  });
  test('a router that always says the same has collapsed', () => {
    expect(report.warnings).toEqual(['r has collapsed: m0 gets 100.0 % of the queries.']);
  });
});

describe('an unseen task', () => {
  test('falls back to the best single model', () => {
    const judged = tableOf({ quality: repeat([[1, 0, 0.5]], 40), tasks: repeat(['new'], 40), models: ['x', 'y', 'z'] });
    const report = evaluateRouters(
      input({
        test: judged,
        testGroups: Int32Array.from(judged.queries.keys()),
        routers: [{ name: 'r', choices: new Int32Array(40), chosenOnValidation: true }],
      }),
    );
    expect(arm(report, 'per-task lookup').quality).toBe(1);
  });
});

describe('several routers', () => {
  const judged = table(20);
  const routers = [
    { name: 'bad', choices: new Int32Array(60).fill(2), chosenOnValidation: false },
    { name: 'perfect', choices: Int32Array.from(repeat([0, 1, 0], 20)), chosenOnValidation: true },
  ];
  const report = evaluateRouters(input({ test: judged, routers }));
  test('the verdict is about the one chosen on validation, not the better or the first', () => {
    expect(report.verdict.router).toBe('perfect');
    expect(
      evaluateRouters(input({ routers: routers.map((r) => ({ ...r, chosenOnValidation: r.name === 'bad' })) })).verdict,
    ).toMatchObject({ router: 'bad', kind: 'do-not-route' });
  });
  test('p is corrected for their number; both are compared under the same resamples', () => {
    expect(arm(report, 'perfect').against).toMatchObject({ p: 1 / 500, pHolm: 2 / 500 });
    expect(arm(report, 'per-task lookup').against).toMatchObject({ p: 1 / 500, pHolm: null });
    expect(arm(report, 'perfect').against!.utility).toEqual(arm(report, 'per-task lookup').against!.utility);
  });
});

describe('what does not fit together is refused', () => {
  const refusal = (change: Partial<EvaluationInput>) => {
    try {
      evaluateRouters(input(change));
    } catch (error) {
      return { code: (error as { code: string }).code, message: (error as Error).message };
    }
    return undefined;
  };
  test.each([
    [
      'choices',
      { routers: [{ name: 'r', choices: new Int32Array(3), chosenOnValidation: true }] },
      'expected 60 choices of r, got 3',
    ],
    [
      'a model that is not there',
      { routers: [{ name: 'r', choices: new Int32Array(60).fill(3), chosenOnValidation: true }] },
      'r chose model number 3 of 3',
    ],
    ['groups', { testGroups: new Int32Array(1) }, 'expected 60 groups, got 1'],
    ['no router', { routers: [] }, 'there is no router to judge'],
    ['other models', { train: tableOf({ quality: [[1, 0]] }) }, 'train knows the models m0, m1, test x, y, z'],
    ['one fold', { folds: new Int32Array(60) }, 'out-of-fold rows need at least 2 folds'],
    [
      'no answered query',
      { routers: [{ name: 'r', choices: new Int32Array(60).fill(-1), chosenOnValidation: true }] },
      'r and the best single model have no judged query in common',
    ],
  ] as [string, Partial<EvaluationInput>, string][])('%s', (_, change, message) => {
    expect(refusal(change)).toEqual({ code: 'VSR_DATA', message: expect.stringContaining(message) });
  });
});

function round9(value: number): number {
  return Number(value.toFixed(9));
}
