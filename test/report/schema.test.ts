// vsr.report/1 as programs may rely on it: these keys, these kinds, nothing more, unknown numbers null.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { reportJson } from '../../src/report/json.js';
import { reportOf } from './report-of.js';

const number = z.number();
const maybe = number.nullable();
const text = z.string();
const interval = z.strictObject({ low: number, high: number });
const estimate = z.strictObject({ delta: number, low: number, high: number });
const point = z.strictObject({ cost: number, quality: number });
const step = z.strictObject({ model: text, oracle: number });

const arm = z.strictObject({
  name: text,
  kind: z.enum(['baseline', 'router', 'bound']),
  model: text.nullable(),
  n: number,
  coverage: number,
  ...Object.fromEntries(
    [
      'utility',
      'quality',
      'qualityMacro',
      'cost',
      'latency',
      'hit',
      'hitStrict',
      'gainOverRandom',
      'gainOverRandomMacro',
    ].map((key) => [key, maybe]),
  ),
  ...Object.fromEntries(
    ['gainOverBest', 'gainOverBestMacro', 'gapToOracle', 'headroomClosed', 'arena'].map((key) => [key, maybe]),
  ),
  qualityInterval: interval.nullable(),
  regret: z.strictObject({ mean: number, median: number, p95: number }).nullable(),
  against: z
    .strictObject({
      n: number,
      utility: estimate,
      quality: estimate,
      cost: estimate.extend({ own: number, best: number, saving: maybe }).nullable(),
      winTieLoss: z.strictObject({ win: number, tie: number, loss: number }),
      p: number,
      pHolm: maybe,
      zero: estimate.nullable(),
    })
    .nullable(),
});

const latency = z.strictObject({ name: text, n: number, mean: number, p50: number, p95: number, p99: number });

const ranking = z.strictObject({
  recall: z.array(maybe).length(3),
  recallFew: z.array(maybe).length(3),
  pairwiseAuc: maybe,
  ndcg3: maybe,
  tauB: maybe,
});

const report = z.strictObject({
  schema: z.literal('vsr.report/1'),
  verdict: z.looseObject({
    kind: z.enum(['route', 'do-not-route', 'inconclusive']),
    rule: text,
    sentence: text,
    router: text,
    model: text,
    delta: number,
    interval,
    n: number,
    groups: number,
    neededQueries: maybe,
    saving: maybe,
  }),
  warnings: z.array(text),
  data: z.strictObject({
    label: text,
    queries: number,
    groups: number,
    learnedOn: number,
    tasks: number,
    leaks: z.strictObject({ count: number, near: number, excluded: z.boolean() }).nullable(),
    cells: z.strictObject({ scored: number, repeated: number, changed: number, unparsed: number }).nullable(),
    models: z.array(
      z.strictObject({
        model: text,
        n: number,
        missingShare: number,
        quality: maybe,
        qualityInterval: interval.nullable(),
        cost: maybe,
        latency: maybe,
      }),
    ),
  }),
  routability: z.looseObject({ queries: number, headroom: maybe, pool: z.array(step), advice: text }),
  arms: z.array(arm),
  tasks: z.array(
    z.strictObject({
      task: text,
      n: number,
      bestSingle: maybe,
      lookup: maybe,
      router: maybe,
      oracle: maybe,
      difference: estimate.nullable(),
    }),
  ),
  routes: z.array(z.looseObject({ router: text, judged: z.boolean(), entropyBits: number, collapsed: z.boolean() })),
  plane: z.looseObject({ minCost: number, maxCost: number, bestSingle: text, oracle: point.nullable() }).nullable(),
  measures: z.array(
    z.strictObject({
      router: text,
      ranking: ranking.nullable(),
      classes: z.strictObject({ precision: number, recall: number, f1: number }),
      ...Object.fromEntries(
        ['overBest', 'overReference', 'optimalChoice', 'optimalCost', 'optimalQuality'].map((key) => [key, maybe]),
      ),
      strongWeak: z
        .strictObject({
          weak: text,
          strong: text,
          apgr: maybe,
          cpt: z.array(z.strictObject({ recovered: number, share: maybe })),
        })
        .nullable(),
    }),
  ),
  meanRanking: ranking,
  recommendation: z.looseObject({ targetQuality: maybe, maxCost: maybe, sentence: text }).nullable(),
  calibration: z.array(
    z.strictObject({
      router: text,
      ece: number,
      eceCalibrated: maybe,
      models: z.array(
        z.looseObject({ model: text, n: number, ece: number, eceCalibrated: maybe, bins: z.array(z.unknown()) }),
      ),
    }),
  ),
  latency: z.strictObject({ models: z.array(latency), arms: z.array(latency) }).nullable(),
  decisions: z.array(z.looseObject({ id: text, query: text, chosen: text, best: text, regret: number })).max(200),
  method: z.looseObject({
    minGain: number,
    bootstrap: number,
    confidence: number,
    seed: number,
    sentences: z.array(text),
  }),
});

test.each(['perfect', 'constant'])('the JSON report keeps its schema (%s)', (judged) => {
  const beside = reportOf({ scored: false });
  const json: unknown = JSON.parse(JSON.stringify(reportJson(reportOf({ judged, qualityWeight: 0.9 }), [beside])));
  expect(report.extend({ beside: z.array(report) }).safeParse(json).error?.issues ?? []).toEqual([]);
});
