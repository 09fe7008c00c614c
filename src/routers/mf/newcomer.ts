// Adds a model to fitted factors: its own factors and bias are solved for, projection and all other factors stay.
import { VsrError } from '../../errors/vsr-error.js';
import { dot } from '../../math/distance.js';
import { coefficientDeviation, type LogisticProblem, logisticRegression } from '../../math/logistic-regression.js';
import { type Matrix, matrix, matrix64, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { transpose } from '../../math/transpose.js';
import { type Newcomer, priorVariance, withColumn, withValue } from '../newcomer.js';
import { pairWeights } from './pairs.js';
import type { MfParams } from './params.js';
import type { MfState } from './state.js';

/** As if one more known model's bias lay this far from the others' mean: a quality of .7 beside .5. */
const BIAS_SPREAD = 0.8;
/** Keeps the prior proper where all factors are 0. */
const SMALLEST_VARIANCE = 1e-6;

/**
 * The newcomer's factors and bias under a normal prior with the mean and the spread of the models that are there, by Newton's
 * method; the bias less one standard deviation (`believedDistance` says why).
 * masked_bce: on its qualities; bradley_terry: on its wins and losses against the others' fixed Z, for which the same queries
 * must hold outcomes of theirs. Throws `VSR_TRAINING_DATA` where no pair differs.
 */
export function withNewcomer(state: MfState, newcomer: Newcomer, loss: MfParams['loss']): MfState {
  const factors = state.factors.data as Float32Array;
  const [F, M] = state.factors.shape as [number, number];
  const queries = projected(state, newcomer.features);
  const evidence = loss === 'bradley_terry' ? pairs(state, newcomer, queries) : outcomes(newcomer, queries);
  const usual = Math.max(SMALLEST_VARIANCE, dot(factors, factors) / factors.length);
  const known = [
    ...Array.from({ length: F }, (_, f) => ({ values: factors.subarray(f * M, (f + 1) * M), own: usual })),
    { values: state.bias.data as Float32Array, own: BIAS_SPREAD ** 2 },
  ];
  const problem = {
    ...evidence,
    centre: known.map(({ values }) => mean(values)),
    precision: known.map(({ values, own }) => 1 / priorVariance(values, own)),
  };
  const solution = logisticRegression(problem);
  return {
    projection: state.projection,
    factors: withColumn(state.factors, solution),
    bias: withValue(state.bias, solution[F]! - coefficientDeviation(problem, solution, F)),
  };
}

type Evidence = Pick<LogisticProblem, 'inputs' | 'targets' | 'weights' | 'offsets'>;

function outcomes({ quality }: Newcomer, inputs: Matrix<Float64Array>): Evidence {
  const n = quality.length;
  return { inputs, targets: quality, weights: new Float64Array(n).fill(1), offsets: new Float64Array(n) };
}

/** One row per query and other model that earned something else: σ(Z − Z_other) should be 1 for a win, 0 for a defeat. */
function pairs(state: MfState, { model, quality, others }: Newcomer, queries: Matrix<Float64Array>): Evidence {
  const columns = transpose(matrix(...(state.factors.shape as [number, number]), state.factors.data as Float32Array)); // U [M×F]
  const rows: { query: Float64Array; target: number; weight: number; offset: number }[] = [];
  for (let i = 0; i < quality.length; i++) {
    const query = rowOf(queries, i);
    for (let m = 0; m < others.cols; m++) {
      const both = matrix64(1, 2, Float64Array.of(quality[i]!, rowOf(others, i)[m]!));
      const { data, total } = pairWeights(both, Int32Array.of(0)); // q of newcomer over other at 1, of other over newcomer at 2
      if (total === 0) continue;
      const z = dot(rowOf(columns, m), query) + state.bias.data[m]!;
      rows.push({ query, target: data[1]! > 0 ? 1 : 0, weight: total, offset: -z });
    }
  }
  if (rows.length === 0) {
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `mf: no outcome of ${model} differs from another model's on the same query.`,
      {
        hint: 'Give outcomes of the other models on the same queries, or train mf with loss masked_bce.',
      },
    );
  }
  const inputs = matrix64(rows.length, queries.cols);
  rows.forEach(({ query }, i) => {
    inputs.data.set(query, i * queries.cols);
  });
  const of = (key: 'target' | 'weight' | 'offset') => rows.map((row) => row[key]);
  return { inputs, targets: of('target'), weights: of('weight'), offsets: of('offset') };
}

/** P x̂, and 1 for the bias: [n×(F+1)]. */
function projected({ projection }: MfState, features: Matrix): Matrix<Float64Array> {
  const [D, F] = projection.shape as [number, number];
  const columns = transpose(matrix(D, F, projection.data as Float32Array)); // [F×D]
  const unit = normaliseRows(features);
  const out = matrix64(features.rows, F + 1);
  for (let i = 0; i < features.rows; i++) {
    for (let f = 0; f < F; f++) out.data[i * (F + 1) + f] = dot(rowOf(unit, i), rowOf(columns, f));
    out.data[i * (F + 1) + F] = 1;
  }
  return out;
}
