// An arm: one way of answering every query (a baseline, a router, a bound), as what it earned on each.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import { rowMaxima, rowMeans } from './baselines.js';
import { chosenValues } from './choice-metrics.js';
import type { ArmKind } from './report.js';

export interface Arm {
  readonly name: string;
  readonly kind: ArmKind;
  /** [N] model index, -1 = none; null for an expectation over models. */
  readonly choices: Int32Array | null;
  /** [N] each; NaN = not answered or unknown. */
  readonly utility: Float64Array;
  readonly quality: Float64Array;
  readonly cost: Float64Array;
  readonly latency: Float64Array;
  /** [N] 1 where the quality is the row's best, a share for an expectation. */
  readonly hit: Float64Array;
}

/** The judged table with its utilities [N×M]. */
export interface Judged {
  readonly table: OutcomeTable;
  readonly utilities: Matrix<Float64Array>;
}

export function choiceArm(name: string, kind: ArmKind, choices: Int32Array, { table, utilities }: Judged): Arm {
  const quality = chosenValues(table.quality, choices);
  return {
    name,
    kind,
    choices,
    utility: chosenValues(utilities, choices),
    quality,
    // the price of a call that gave no answer is not part of what the router earned
    cost: onlyWhere(quality, chosenValues(table.cost, choices)),
    latency: onlyWhere(quality, chosenValues(table.latency, choices)),
    hit: chosenValues(bestCells(table.quality), choices),
  };
}

/** A model drawn at random for every query, as its expectation: a single draw would mislead. */
export function randomArm({ table, utilities }: Judged): Arm {
  return {
    name: 'random',
    kind: 'baseline',
    choices: null,
    utility: rowMeans(utilities),
    quality: rowMeans(table.quality),
    cost: rowMeans(table.cost),
    latency: rowMeans(table.latency),
    hit: rowMeans(bestCells(table.quality)),
  };
}

/** @param weights [N×M] share of each model for each query; a row is NaN where a model with a share is missing */
export function mixtureArm(name: string, weights: Float64Array, { table, utilities }: Judged): Arm {
  return {
    name,
    kind: 'baseline',
    choices: null,
    utility: weightedRows(utilities, weights),
    quality: weightedRows(table.quality, weights),
    cost: weightedRows(table.cost, weights),
    latency: weightedRows(table.latency, weights),
    hit: weightedRows(bestCells(table.quality), weights),
  };
}

/** 1 where a cell is its row's maximum, 0 elsewhere, NaN where missing. */
function bestCells(quality: Matrix<Float64Array>): Matrix<Float64Array> {
  const best = rowMaxima(quality);
  const data = quality.data.map((value, at) =>
    Number.isNaN(value) ? value : Number(value === best[Math.floor(at / quality.cols)]),
  );
  return { ...quality, data };
}

function weightedRows(values: Matrix<Float64Array>, weights: Float64Array): Float64Array {
  return Float64Array.from({ length: values.rows }, (_, i) => {
    let sum = 0;
    for (let at = i * values.cols; at < (i + 1) * values.cols; at++) {
      if (weights[at]! > 0) sum += weights[at]! * values.data[at]!;
    }
    return sum;
  });
}

function onlyWhere(present: Float64Array, values: Float64Array): Float64Array {
  return values.map((value, i) => (Number.isNaN(present[i]) ? Number.NaN : value));
}
