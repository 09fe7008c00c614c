// Golden numbers of ../shared/fixtures/metrics (numpy 1.24, scikit-learn 1.2; see its README), to 1e-8 relative.
import { describe, expect, test } from 'vitest';
import { argMax, columnMeans, oracleChoices, rowMaxima, rowMeans } from '../../src/evaluation/baselines.js';
import { bootstrapMeans, groupNumbers, groupValues, percentileInterval } from '../../src/evaluation/bootstrap.js';
import { brierScore, logLoss, reliability } from '../../src/evaluation/calibration.js';
import {
  chosenValues,
  entropyBits,
  gainOver,
  gapToOracle,
  headroomClosed,
  hitShare,
  presentMean,
  regrets,
  routeShares,
  strictHitShare,
} from '../../src/evaluation/choice-metrics.js';
import { aiq, hullArea, nonDecreasingHull } from '../../src/evaluation/cost-curve.js';
import {
  averageGapRecovered,
  callShareFor,
  performanceGapRecovered,
  strongWeakCurve,
} from '../../src/evaluation/strong-weak.js';
import { auroc } from '../../src/math/auroc.js';
import type { Matrix } from '../../src/math/matrix.js';
import { standardDeviation } from '../../src/math/stats.js';
import { hasShared } from '../shared-folder.js';
import { indexMatrix, metricFixture } from './table-of.js';

const TABLES = ['plain', 'ties', 'missing', 'one_model', 'all_zero', 'fusion_clean_381'];

/** Every number within 1e-8 of max(1, |expected|); null means undefined. */
function expectClose(actual: unknown, expected: unknown, path = ''): void {
  if (Array.isArray(expected)) {
    const list = Array.from(actual as ArrayLike<unknown>);
    expect(list.length, path).toBe(expected.length);
    expected.forEach((item, i) => {
      expectClose(list[i], item, `${path}[${i}]`);
    });
  } else if (typeof expected === 'number') {
    expect(Math.abs((actual as number) - expected), `${path}: ${actual} against ${expected}`).toBeLessThanOrEqual(
      1e-8 * Math.max(1, Math.abs(expected)),
    );
  } else if (expected === null) {
    expect(actual === null || Number.isNaN(actual), `${path}: ${actual} against null`).toBe(true);
  } else {
    for (const [key, item] of Object.entries(expected as object)) {
      expectClose((actual as Record<string, unknown>)[key], item, `${path}.${key}`);
    }
  }
}

const rowChoices = (scores: Matrix<Float64Array>) =>
  Int32Array.from({ length: scores.rows }, (_, i) =>
    argMax(scores.data.subarray(i * scores.cols, (i + 1) * scores.cols)),
  );
const column = (values: Matrix<Float64Array>, m: number) =>
  Float64Array.from({ length: values.rows }, (_, i) => values.data[i * values.cols + m]!);

describe.skipIf(!hasShared).each(TABLES)('golden metrics (need ../shared): %s', (name) => {
  const { quality, cost, predicted, expected } = hasShared
    ? metricFixture(name)
    : ({} as ReturnType<typeof metricFixture>);

  test('baselines, regret, hits, gains', () => {
    const perModel = columnMeans(quality);
    const best = argMax(perModel);
    const lowest = oracleChoices(quality, { ...cost, data: new Float64Array(cost.data.length) });
    const cheapest = oracleChoices(quality, cost);
    const choices = rowChoices(predicted);
    const chosen = chosenValues(quality, choices);
    const [router, random, oracle] = [chosen, rowMeans(quality), rowMaxima(quality)].map(presentMean) as [
      number,
      number,
      number,
    ];
    const shares = routeShares(choices, quality.cols);
    const single = perModel[best]!;
    expectClose(
      {
        per_model_quality: perModel,
        per_model_cost: columnMeans(cost),
        cells_present: quality.data.filter((value) => !Number.isNaN(value)).length,
        rows_without_any_cell: rowMaxima(quality).filter(Number.isNaN).length,
        best_single: best,
        best_single_quality: single,
        oracle_quality: oracle,
        random_quality: random,
        oracle_choice_lowest_index: lowest,
        oracle_choice_cheapest: cheapest,
        oracle_cheapest_cost: presentMean(chosenValues(cost, cheapest)),
        router_choice: choices,
        router_choice_missing: chosen.filter(Number.isNaN).length,
        router_quality: router,
        router_cost: presentMean(chosenValues(cost, choices)),
        router_mean_regret: presentMean(regrets(quality, chosen)),
        best_single_mean_regret: presentMean(regrets(quality, column(quality, best))),
        hit_rate_any_best: hitShare(quality, choices),
        hit_rate_lowest_index_best: strictHitShare(quality, choices, lowest),
        gain_over_random: gainOver(router, random),
        gain_over_best_single: gainOver(router, single),
        gap_to_oracle: gapToOracle(router, oracle),
        headroom_recovered: headroomClosed(router, single, oracle),
        selection_share: shares,
        selection_entropy_nats: entropyBits(shares) * Math.LN2,
      },
      expected.baselines,
    );
  });

  test('hull and AIQ, each form', () => {
    const { c_min: minCost, c_max: maxCost } = expected.aiq;
    for (const curve of ['single_models', 'router_lambda_sweep']) {
      const points = expected.aiq[curve].points_cost_quality.map(([c, q]: [number, number]) => ({
        cost: c,
        quality: q,
      }));
      const hull = nonDecreasingHull<{ cost: number; quality: number }>(points);
      const area = hullArea(hull, maxCost);
      const first = hull[0]!.cost;
      expectClose(
        {
          hull: hull.map(({ cost, quality }) => [cost, quality]),
          area,
          aiq_code: maxCost === 0 ? null : area / maxCost,
          aiq_own_range: aiq(points, first, maxCost),
          aiq_shared_range: aiq(points, minCost, maxCost),
        },
        withoutPoints(expected.aiq[curve]),
      );
    }
  });

  test('calibration', () => {
    const present = [...quality.data.keys()].filter((at) => !Number.isNaN(quality.data[at]));
    const p = present.map((at) => predicted.data[at]!);
    const soft = present.map((at) => quality.data[at]!);
    const right = soft.map((value) => Number(value >= 0.5));
    const binned = (bins: number) => {
      const { ece, mce, bins: table } = reliability(p, right, bins);
      const filled = table.filter(({ n }) => n > 0);
      return {
        ece,
        mce,
        counts: table.map(({ n }) => n),
        mean_predicted: filled.map((bin) => bin.predicted),
        mean_observed: filled.map((bin) => bin.observed),
      };
    };
    expectClose(
      {
        cells: p.length,
        positives: right.filter(Boolean).length,
        brier: brierScore(p, right),
        brier_soft: brierScore(p, soft),
        'log_loss_eps_1e-15': logLoss(p, right, 1e-15),
        auroc: auroc(p, right),
        ece_10: binned(10),
        ece_15: binned(15),
      },
      expected.calibration,
    );
  });

  test.skipIf(!expected?.strong_weak)('strong against weak: PGR, APGR, CPT (tables without missing cells)', () => {
    const perModel = columnMeans(quality);
    const strong = argMax(perModel);
    const weak = argMax(perModel.map((value) => -value));
    const [low, high] = [perModel[weak]!, perModel[strong]!];
    const { win_score: win, deciles } = expected.strong_weak;
    expectClose(
      { weak, strong, weak_quality: low, strong_quality: high },
      (({ weak, strong, weak_quality, strong_quality }) => ({ weak, strong, weak_quality, strong_quality }))(
        expected.strong_weak,
      ),
    );
    const thresholds = { every_threshold: undefined, deciles: deciles.thresholds_after_infinity };
    for (const [name, given] of Object.entries(thresholds)) {
      const curve = strongWeakCurve(win, column(quality, strong), column(quality, weak), given);
      const { thresholds_after_infinity: _given, ...golden } = expected.strong_weak[name];
      expectClose(
        {
          ...curve,
          pgr: performanceGapRecovered(curve, low, high),
          apgr: averageGapRecovered(curve, low, high),
          cpt_20: callShareFor(curve, low, high, 0.2),
          cpt_50: callShareFor(curve, low, high, 0.5),
          cpt_80: callShareFor(curve, low, high, 0.8),
        },
        golden,
        name,
      );
    }
  });

  test('paired bootstrap by the given index matrix', () => {
    const choices = rowChoices(predicted);
    const best = column(quality, argMax(columnMeans(quality)));
    const differences = chosenValues(quality, choices).map((value, i) => value - best[i]!);
    const rows = [...differences.keys()].filter((i) => !Number.isNaN(differences[i]));
    const present = Float64Array.from(rows, (i) => differences[i]!);
    const index = indexMatrix(name);
    let resample = 0;
    const draw = (counts: Float64Array) => {
      counts.fill(0);
      const start = resample++ * index.rows;
      for (const row of index.data.subarray(start, start + index.rows)) counts[row]! += 1;
    };
    const [means] = bootstrapMeans([groupValues(present, groupNumbers(rows))], draw, index.resamples);
    const { low, high } = percentileInterval(means!, 0.95);
    expectClose(
      {
        rows,
        mean_difference: presentMean(differences),
        'low_2.5': low,
        'high_97.5': high,
        share_of_resamples_at_or_below_0: means!.filter((value) => value <= 0).length / index.resamples,
        standard_error: standardDeviation(means!),
        all_means: means,
      },
      expected.bootstrap,
    );
  });
});

function withoutPoints({ points_cost_quality: _points, ...numbers }: Record<string, unknown>): Record<string, unknown> {
  return numbers;
}
