// Learns the feature space from labelled rows: the classifier, and what it says of the rows it learned from when it had not seen them.
import { type Matrix, takeRows } from '../math/matrix.js';
import { type CategoryClassifier, fitCategoryClassifier } from './category-classifier.js';
import { type FeatureSpace, featureSpace, softLabels } from './feature-space.js';

export interface FeatureData {
  /** [N×P] of the whole table. */
  readonly embeddings: Matrix;
  /** Row numbers that may be learned from. */
  readonly rows: Int32Array;
  /** [N] the category each row carries; null = none. */
  readonly given: readonly (string | null)[];
  /** [N] what each row is known to be, for learning alone (from its category or its task); null = unknown. */
  readonly labels: readonly (string | null)[];
  /** [rows] fold of each of `rows`; equal texts share one. */
  readonly folds: Int32Array;
}

export interface FeatureSettings {
  readonly categories: readonly string[];
  readonly weight: number;
  readonly hard: boolean;
}

export interface FittedFeatures {
  readonly space: FeatureSpace;
  /** [C] by row number of the table: rows of `rows` without a category, by a classifier that had not seen them. */
  readonly guessed: ReadonlyMap<number, Float32Array>;
}

/** Without labelled rows there is neither a block nor a classifier. */
export function fitFeatureSpace(data: FeatureData, settings: FeatureSettings): FittedFeatures {
  const embeddingDim = data.embeddings.cols;
  const classifier = classifierOf(data, () => true);
  const labelled = classifier !== undefined || Array.from(data.rows).some((row) => data.given[row] !== null);
  const space = featureSpace({ ...settings, weight: labelled ? settings.weight : 0, embeddingDim, classifier });
  const guessed = new Map<number, Float32Array>();
  if (!classifier || space.categories.length === 0) return { space, guessed };
  for (const fold of new Set(data.folds)) {
    const blind = classifierOf(data, (i) => data.folds[i] !== fold, classifier.temperature) ?? classifier;
    const rows = data.rows.filter((row, i) => data.folds[i] === fold && data.given[row] === null);
    const soft = softLabels(space, blind, takeRows(data.embeddings, rows));
    const C = space.categories.length;
    for (const [i, row] of rows.entries()) guessed.set(row, soft.slice(i * C, (i + 1) * C));
  }
  return { space, guessed };
}

function classifierOf(
  data: FeatureData,
  keep: (i: number) => boolean,
  temperature?: number,
): CategoryClassifier | undefined {
  const at = [...data.rows.keys()].filter((i) => keep(i) && data.labels[data.rows[i]!] !== null);
  const rows = at.map((i) => data.rows[i]!);
  const labelled = {
    embeddings: takeRows(data.embeddings, rows),
    labels: rows.map((row) => data.labels[row]!),
    folds: Int32Array.from(at, (i) => data.folds[i]!),
  };
  return fitCategoryClassifier(labelled, temperature);
}
