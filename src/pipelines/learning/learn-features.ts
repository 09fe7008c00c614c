// From embeddings to what routers see: the categories rows carry, those a classifier learns from their tasks, and the block of both.
import type { VsrConfig } from '../../config/schema.js';
import { assignFolds } from '../../data/splits.js';
import { categoryList } from '../../features/category-list.js';
import { featuresOf } from '../../features/feature-space.js';
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

/** @param embeddings [N×P] of the whole table; @param rows what may be learned from */
export function learnFeatures(
  config: VsrConfig,
  { table }: Pick<OutcomeData, 'table'>,
  rows: Int32Array,
  embeddings: Matrix,
): FittedFeatures {
  const { labels, weight: asked, tasks } = config.features.category;
  const categories = categoryList(labels);
  const texts = Array.from(rows, (row) => table.queries[row]!.query);
  const carried = Array.from(rows).some((row) => table.queries[row]!.category !== null);
  const weight = asked === 'auto' ? (carried ? USUAL_WEIGHT : 0) : asked;
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

/** [N×D] with the block; rows of the table that were not embedded get no meaningful one. */
export function withBlock(fitted: FittedFeatures, { table }: Pick<OutcomeData, 'table'>, embeddings: Matrix): Matrix {
  return featuresOf(fitted.space, embeddings, categoriesOf(table.queries), fitted.guessed);
}

function categoriesOf(queries: readonly { readonly category: string | null }[]): (string | null)[] {
  return queries.map(({ category }) => category);
}
