// What routers see of a query: its embedding, and beside it, weighted, its category: [e ‖ w · category].
import { VsrError } from '../errors/vsr-error.js';
import { concatColumns, type Matrix, matrix } from '../math/matrix.js';
import { type CategoryClassifier, categoryProbabilities } from './category-classifier.js';

export interface FeatureSpace {
  /** Of an embedding. */
  readonly embeddingDim: number;
  /** Of a feature row. */
  readonly dim: number;
  /** C names in the order of the block; empty = no block. */
  readonly categories: readonly string[];
  readonly weight: number;
  /** true: the classifier's first choice counts whole and none is `unknown`, as in semantic-router; false: its probabilities count. */
  readonly hard: boolean;
  /** Fills in where a query has no category; also without a block, for add-category. */
  readonly classifier: CategoryClassifier | undefined;
}

export function featureSpace(settings: Omit<FeatureSpace, 'dim'>): FeatureSpace {
  const { embeddingDim, categories, weight } = settings;
  const plain = weight === 0 || categories.length === 0;
  return {
    ...settings,
    dim: embeddingDim + (plain ? 0 : categories.length),
    categories: plain ? [] : categories,
    weight: plain ? 0 : weight,
  };
}

/**
 * [n×dim]. A query with a category gets it whole; one without gets `guessed` where there is such a row, else the classifier's
 * probabilities; without a classifier its block is zero. Throws `VSR_FEATURES` for embeddings of another width.
 * @param categories [n] names of the list
 * @param guessed rows [C] by row number: what a classifier said that had not seen the row
 */
export function featuresOf(
  space: FeatureSpace,
  embeddings: Matrix,
  categories: readonly (string | null)[],
  guessed?: ReadonlyMap<number, Float32Array>,
): Matrix {
  if (embeddings.cols !== space.embeddingDim) {
    throw new VsrError('VSR_FEATURES', `Expected embeddings ${space.embeddingDim} wide, got ${embeddings.cols}.`);
  }
  if (space.categories.length === 0) return embeddings;
  const C = space.categories.length;
  const block = matrix(embeddings.rows, C);
  const soft =
    space.classifier && categories.some((name, i) => name === null && !guessed?.has(i))
      ? softLabels(space, space.classifier, embeddings)
      : undefined;
  categories.forEach((name, i) => {
    const row = name === null ? (guessed?.get(i) ?? soft?.subarray(i * C, (i + 1) * C)) : oneHot(space, name);
    const used = row && space.hard && name === null ? hardened(row) : row;
    if (used) block.data.set(used, i * C);
    else if (space.hard) block.data.set(oneHot(space, 'unknown'), i * C);
  });
  for (let j = 0; j < block.data.length; j++) block.data[j]! *= space.weight;
  return concatColumns(embeddings, block);
}

/** [n×C] the classifier's probabilities in the order of the space; categories it never learned are 0. */
export function softLabels(
  { categories }: Pick<FeatureSpace, 'categories'>,
  classifier: CategoryClassifier,
  embeddings: Matrix,
): Float32Array {
  const probabilities = categoryProbabilities(classifier, embeddings);
  const columns = classifier.labels.map((name) => categories.indexOf(name));
  const out = new Float32Array(embeddings.rows * categories.length);
  for (let i = 0; i < embeddings.rows; i++) {
    columns.forEach((column, k) => {
      if (column >= 0) out[i * categories.length + column] = probabilities.data[i * probabilities.cols + k]!;
    });
  }
  return out;
}

/** A name outside the list is `other`. */
function oneHot({ categories }: FeatureSpace, name: string): Float32Array {
  const row = new Float32Array(categories.length);
  const at = categories.indexOf(name);
  const other = categories.indexOf('other');
  if (at >= 0 || other >= 0) row[at >= 0 ? at : other] = 1;
  return row;
}

function hardened(row: Float32Array): Float32Array {
  const out = new Float32Array(row.length);
  out[row.indexOf(Math.max(...row))] = 1;
  return out;
}
