// The fitted towers in plain arrays: model vectors for the graph, and scores where a new model's strength is solved for.
import { dot } from '../../math/distance.js';
import { concatColumns, type Matrix, matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import { clusterShares } from './query-clusters.js';
import { GATE_PACE, LENGTH_FLOOR, productScale } from './scale.js';
import type { FloatTensor, RankState } from './state.js';

/** h [M×d], one row a model; of length 1 for cosine, before what answers of a model that joined add. */
export function modelVectors(state: RankState): Matrix {
  const placed = towardsMean(towerVectors(state), state);
  const h = state.shape.similarityMetric === 'cosine' ? unitVectors(placed) : placed;
  if (!state.shift) return h;
  const added = columnsAsRows(state.shift).data;
  return matrix(
    h.rows,
    h.cols,
    Float32Array.from(h.data, (value, at) => value + added[at]!),
  );
}

function towerVectors({ weights, profile }: RankState): Matrix {
  const identity = columnsAsRows(weights.identity!);
  let known = identity;
  if (profile) {
    const hidden = layer(columnsAsRows(profile), weights, 'profile1', true);
    known = concatColumns(identity, layer(hidden, weights, 'profile2', false));
  }
  return layer(layer(known, weights, 'model1', true), weights, 'model2', false);
}

/** h ← trust·h + (1 − trust)·h̄, h̄ the mean of the learned models. */
function towardsMean(h: Matrix, { trust, learned }: RankState): Matrix {
  const out = matrix(h.rows, h.cols, h.data.slice());
  for (let j = 0; j < h.cols; j++) {
    let mean = 0;
    for (let m = 0; m < learned; m++) mean += h.data[m * h.cols + j]! / learned;
    for (let m = learned; m < h.rows; m++) {
      out.data[m * h.cols + j] = trust.data[m]! * h.data[m * h.cols + j]! + (1 - trust.data[m]!) * mean;
    }
  }
  return out;
}

/** q [n×d], one row a query; of length 1 for cosine. */
export function queryVectors({ shape, weights, centres }: RankState, features: Matrix): Matrix {
  const unit = normaliseRows(features);
  const root = Math.sqrt(features.cols);
  const z = layer({ ...unit, data: unit.data.map((value) => value * root) }, weights, 'semantic', false);
  const { clusterFeature } = shape;
  const whole =
    clusterFeature === 'none' || !centres
      ? z
      : concatColumns(z, product(clusterShares(unit, centres, clusterFeature), weights.cluster!));
  const q = layer(layer(whole, weights, 'query1', true), weights, 'query2', false);
  const turned = weights.bilinear ? product(q, weights.bilinear) : q;
  return shape.similarityMetric === 'cosine' ? unitVectors(turned) : turned;
}

/** γ·scale and δ: what similarity and advantage are multiplied by. */
export function gates({ shape, weights }: Pick<RankState, 'shape' | 'weights'>): { product: number; lookup: number } {
  return {
    product: GATE_PACE * productScale(shape) * weights.gate!.data[0]!,
    lookup: weights.lookup ? GATE_PACE * weights.lookup.data[0]! : 0,
  };
}

/** S [n×M] of queries [n×E]. */
export function plainScores(state: RankState, features: Matrix): Matrix {
  const { weights, centres, advantage, shape } = state;
  const gate = gates(state);
  const scores = product(queryVectors(state, features), asTensor(modelVectors(state)));
  const M = scores.cols;
  const shares =
    advantage && centres && shape.clusterFeature !== 'none'
      ? clusterShares(normaliseRows(features), centres, shape.clusterFeature)
      : undefined;
  scores.data.forEach((value, at) => {
    const [q, m] = [Math.floor(at / M), at % M];
    const gained = shares
      ? Array.from(rowOf(shares, q)).reduce((sum, share, c) => sum + share * advantage!.data[c * M + m]!, 0)
      : 0;
    scores.data[at] = gate.product * value + gate.lookup * gained + weights.strength!.data[m]!;
  });
  return scores;
}

/** act(x·Wᵀ + b) by row. */
function layer(x: Matrix, weights: RankState['weights'], name: string, relu: boolean): Matrix {
  const out = product(x, weights[`${name}.w`]!);
  const bias = weights[`${name}.b`]!.data;
  out.data.forEach((value, at) => {
    const z = value + bias[at % out.cols]!;
    out.data[at] = relu ? Math.max(0, z) : z;
  });
  return out;
}

/** x·Wᵀ: [n×I] and W [O×I] → [n×O] */
function product(x: Matrix, { shape, data }: FloatTensor): Matrix {
  const [O, I] = shape as [number, number];
  const out = matrix(x.rows, O);
  const w = matrix(O, I, data);
  for (let n = 0; n < x.rows; n++) for (let o = 0; o < O; o++) out.data[n * O + o] = dot(rowOf(x, n), rowOf(w, o));
  return out;
}

/** A table with a column an entry, [C×M], as rows [M×C]. */
function columnsAsRows({ shape, data }: FloatTensor): Matrix {
  return transpose(matrix(shape[0]!, shape[1]!, data));
}

function asTensor({ rows, cols, data }: Matrix): FloatTensor {
  return { shape: [rows, cols], data };
}

function unitVectors(x: Matrix): Matrix {
  const out = matrix(x.rows, x.cols);
  for (let i = 0; i < x.rows; i++) {
    const length = Math.sqrt(dot(rowOf(x, i), rowOf(x, i)) + LENGTH_FLOOR ** 2) + LENGTH_FLOOR;
    for (let j = 0; j < x.cols; j++) out.data[i * x.cols + j] = x.data[i * x.cols + j]! / length;
  }
  return out;
}
