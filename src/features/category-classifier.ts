// Embedding → probabilities of categories: multinomial logistic regression, calibrated by one temperature.
// Guo et al. (2017), On Calibration of Modern Neural Networks, ICML: temperature scaling.
import { VsrError } from '../errors/vsr-error.js';
import { type Matrix, matrix, takeRows } from '../math/matrix.js';
import { logSumExp, type SoftmaxModel, softmaxRegression, softmaxScores } from '../math/softmax-regression.js';

export interface CategoryClassifier extends SoftmaxModel {
  /** K names; the rows of the weights. */
  readonly labels: readonly string[];
  /** Scores are divided by it: above 1 the raw scores were too sure. */
  readonly temperature: number;
  /** Share of rows it was right about when it had not seen them. */
  readonly accuracy: number;
  /** Labelled rows it learned from. */
  readonly rows: number;
}

/** 1 / variance of the prior on each weight; inputs are of length about 1. */
const PRECISION = 0.1;
/** A category with fewer rows is not learned. */
export const FEWEST_ROWS = 10;

export interface ClassifierData {
  /** [n×P] of labelled rows. */
  readonly embeddings: Matrix;
  /** [n] */
  readonly labels: readonly string[];
  /** [n] fold of each row; equal texts share one. */
  readonly folds: Int32Array;
}

/**
 * undefined where fewer than two categories have enough rows. With `temperature` that one is taken, and neither it nor the
 * accuracy (NaN) is found by cross-fitting.
 */
export function fitCategoryClassifier(data: ClassifierData, temperature?: number): CategoryClassifier | undefined {
  const { names, rows } = learnable(data);
  if (names.length < 2) return undefined;
  const classes = rows.map((row) => names.indexOf(data.labels[row]!));
  const embeddings = takeRows(data.embeddings, rows);
  const fitted = {
    ...softmaxRegression(embeddings, classes, names.length, PRECISION),
    labels: names,
    rows: rows.length,
  };
  if (temperature !== undefined) return { ...fitted, temperature, accuracy: Number.NaN };
  const held = crossFittedScores(
    embeddings,
    classes,
    names.length,
    rows.map((row) => data.folds[row]!),
  );
  const K = names.length;
  const right = classes.filter((label, i) => indexOfLargest(held.subarray(i * K, (i + 1) * K)) === label).length;
  return { ...fitted, temperature: bestTemperature(held, classes, K), accuracy: right / rows.length };
}

/** [n×K] probabilities, temperature applied. Throws `VSR_FEATURES` for embeddings of another width. */
export function categoryProbabilities(classifier: CategoryClassifier, embeddings: Matrix): Matrix {
  const K = classifier.labels.length;
  if (classifier.weights.length !== K * embeddings.cols) {
    throw new VsrError(
      'VSR_FEATURES',
      `The category classifier reads vectors ${classifier.weights.length / K} wide, got ${embeddings.cols}.`,
    );
  }
  const scores = softmaxScores(classifier, embeddings);
  const out = matrix(embeddings.rows, K);
  for (let i = 0; i < embeddings.rows; i++) {
    const row = scores.subarray(i * K, (i + 1) * K).map((score) => score / classifier.temperature);
    const total = logSumExp(row);
    row.forEach((score, k) => {
      out.data[i * K + k] = Math.exp(score - total);
    });
  }
  return out;
}

/** The most frequent rows' names, each with at least FEWEST_ROWS, and the rows of those. */
function learnable({ labels }: ClassifierData): { names: string[]; rows: number[] } {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts]
    .filter(([, count]) => count >= FEWEST_ROWS)
    .map(([name]) => name)
    .sort();
  return { names, rows: [...labels.keys()].filter((row) => names.includes(labels[row]!)) };
}

/** [n×K] scores of each row by a fit that did not see its fold. */
function crossFittedScores(embeddings: Matrix, classes: number[], K: number, folds: number[]): Float64Array {
  const out = new Float64Array(classes.length * K);
  for (const fold of new Set(folds)) {
    const inside = [...classes.keys()].filter((i) => folds[i] !== fold);
    const outside = [...classes.keys()].filter((i) => folds[i] === fold);
    const seen = inside.map((i) => classes[i]!);
    const model = softmaxRegression(takeRows(embeddings, inside), seen, K, PRECISION);
    const scores = softmaxScores(model, takeRows(embeddings, outside));
    outside.forEach((row, i) => {
      out.set(scores.subarray(i * K, (i + 1) * K), row * K);
    });
  }
  return out;
}

/** The temperature with the smallest cross entropy, by golden section over its logarithm (the loss has one minimum). */
function bestTemperature(scores: Float64Array, classes: number[], K: number): number {
  const loss = (logTemperature: number) => {
    const scale = Math.exp(-logTemperature);
    let sum = 0;
    classes.forEach((label, i) => {
      const row = scores.subarray(i * K, (i + 1) * K).map((score) => score * scale);
      sum += logSumExp(row) - row[label]!;
    });
    return sum;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-3, 3];
  for (let step = 0; step < 30; step++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (loss(a) <= loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

function indexOfLargest(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
