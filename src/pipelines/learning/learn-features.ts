// From embeddings to what routers see: the categories rows carry, those a classifier learns from their tasks, and the block of both.
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { assignFolds } from '../../data/splits.js';
import { categoryList } from '../../features/category-list.js';
import { featureSpace, featuresOf } from '../../features/feature-space.js';
import { type FittedFeatures, fitFeatureSpace } from '../../features/fit-feature-space.js';
import { categoryOfTask } from '../../features/task-categories.js';
import type { Matrix } from '../../math/matrix.js';
import type { OutcomeData } from './outcome-data.js';

const FOLDS = 5;
/**
 * Breaks near-ties of the embedding, no more. Where only tasks tell categories, as in the bundled example, a guessed block gained
 * nothing out of fold.
 */
const USUAL_WEIGHT = 0.3;

/** @param embeddings [N×P] of the whole table; @param rows what may be learned from; @param weight instead of the configured one */
export function learnFeatures(
  config: VsrConfig,
  { table }: Pick<OutcomeData, 'table'>,
  rows: Int32Array,
  embeddings: Matrix,
  weight = configuredWeight(config, table, rows),
): FittedFeatures {
  const { labels, tasks } = config.features.category;
  const categories = categoryList(labels);
  const texts = Array.from(rows, (row) => table.queries[row]!.query);
  const groups = new Set(texts).size;
  return fitFeatureSpace(
    {
      embeddings,
      rows,
      given: categoriesOf(table.queries),
      labels: table.queries.map(({ category, taskName }) => category ?? categoryOfTask(taskName, categories, tasks)),
      folds:
        groups < FOLDS * 2 ? new Int32Array(rows.length).map((_, i) => i % 2) : assignFolds(texts, FOLDS, config.seed),
    },
    { categories, weight, hard: labels === 'semantic-router' },
  );
}

/** Whether any of the rows says its category itself. */
export function carryCategories(table: OutcomeTable, rows: Int32Array): boolean {
  return Array.from(rows).some((row) => table.queries[row]!.category !== null);
}

function configuredWeight({ features }: VsrConfig, table: OutcomeTable, rows: Int32Array): number {
  const { weight } = features.category;
  return weight === 'auto' ? (carryCategories(table, rows) ? USUAL_WEIGHT : 0) : weight;
}

/** The same, the block times another weight. @param fitted with a weight above 0 */
export function reweighed({ space, guessed }: FittedFeatures, weight: number): FittedFeatures {
  return { space: featureSpace({ ...space, weight }), guessed };
}

/** [N×D] with the block; rows of the table that were not embedded get no meaningful one. */
export function withBlock(fitted: FittedFeatures, { table }: Pick<OutcomeData, 'table'>, embeddings: Matrix): Matrix {
  return featuresOf(fitted.space, embeddings, categoriesOf(table.queries), fitted.guessed);
}

function categoriesOf(queries: readonly { readonly category: string | null }[]): (string | null)[] {
  return queries.map(({ category }) => category);
}
