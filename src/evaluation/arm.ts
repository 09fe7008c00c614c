// An arm: one way of answering every query (a baseline, a router, a bound), as what it earned on each.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import { rowMaxima, rowMeans } from './baselines.js';
import { chosenValues, hitShare, presentMean } from './choice-metrics.js';
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
  /** Mean milliseconds of the answered rows; NaN = unknown. */
  readonly latency: number;
  /** Share of answered rows whose quality is the row's best. */
  readonly hit: number;
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
    latency: presentMean(onlyWhere(quality, chosenValues(table.latency, choices))),
    hit: hitShare(table.quality, choices),
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
    latency: presentMean(rowMeans(table.latency)),
    hit: presentMean(hitMeans(table.quality, () => null)),
  };
}

/** Models mixed at random: rows of equal number share one mixture. */
export interface Mixture {
  /** [N] number of each row's mixture */
  readonly part: Int32Array;
  /** Per number [M] share of each model. */
  readonly weights: readonly Float64Array[];
}

/** A row is NaN where a model with a share is missing. */
export function mixtureArm(name: string, mixture: Mixture, { table, utilities }: Judged): Arm {
  return {
    name,
    kind: 'baseline',
    choices: null,
    utility: weightedRows(utilities, mixture),
    quality: weightedRows(table.quality, mixture),
    cost: weightedRows(table.cost, mixture),
    latency: presentMean(weightedRows(table.latency, mixture)),
    hit: presentMean(hitMeans(table.quality, (row) => mixture.weights[mixture.part[row]!]!)),
  };
}

/**
 * How often a drawn model is one of its row's best [N].
 * @param sharesOf [M] of a row, NaN where a model with a share is missing; null: every present model alike
 */
function hitMeans(quality: Matrix<Float64Array>, sharesOf: (row: number) => Float64Array | null): Float64Array {
  const best = rowMaxima(quality);
  return best.map((highest, i) => {
    const shares = sharesOf(i);
    let [hits, drawn] = [0, 0];
    for (let m = 0, at = i * quality.cols; m < quality.cols; m++, at++) {
      const value = quality.data[at]!;
      if (shares && shares[m]! > 0 && Number.isNaN(value)) return Number.NaN;
      const share = shares ? shares[m]! : Number(!Number.isNaN(value));
      drawn += share;
      if (value === highest) hits += share;
    }
    return shares ? hits : hits / drawn;
  });
}

function weightedRows(values: Matrix<Float64Array>, { part, weights }: Mixture): Float64Array {
  const out = new Float64Array(values.rows);
  for (let i = 0, at = 0; i < values.rows; i++, at += values.cols) {
    const share = weights[part[i]!]!;
    let sum = 0;
    for (let m = 0; m < values.cols; m++) if (share[m]! > 0) sum += share[m]! * values.data[at + m]!;
    out[i] = sum;
  }
  return out;
}

function onlyWhere(present: Float64Array, values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(present[i])) values[i] = Number.NaN;
  return values;
}
