// The choices of an artifact's own router on rows that it never learned from: out of fold where stored, else on test.
import type { VsrConfig } from '../../config/schema.js';
import type { PipelineContext } from '../context.js';
import { rowsOf } from '../train/rows.js';
import { readFolds } from '../trained/fold-files.js';
import { foldedChoices, heldOutChoices } from './choices.js';
import type { Judged } from './judged.js';

export interface JudgedChoices {
  readonly router: string;
  readonly judgedOn: string;
  /** Query id → the model chosen. */
  readonly models: ReadonlyMap<string, string>;
}

export async function judgedChoices(
  config: VsrConfig,
  { trained, data, objective, byWeights }: Judged,
  context: PipelineContext,
): Promise<JudgedChoices> {
  const { split } = config.analyze;
  const { manifest } = trained.artifact;
  const { models, queries } = data.table;
  const folds = split === undefined || split === 'all' ? readFolds(trained.artifact) : undefined;
  const scales = Object.fromEntries(Object.entries(manifest.routers).map(([name, { scale }]) => [name, scale]));
  const folded =
    folds && foldedChoices(folds, scales, data, () => true, objective, { entries: manifest.routers, byWeights });
  const rows =
    folded && folded.rows.length > 0 ? folded.rows : rowsOf(data)[split === 'validation' ? 'validation' : 'test'];
  const stats = models.map((model) => manifest.modelStats[model]!);
  const routers =
    folded && folded.rows.length > 0
      ? folded.routers
      : await heldOutChoices(trained, data, rows, { objective, stats, byWeights }, config.embedding.cacheDir, context);
  const judged = routers.find((router) => router.judged) ?? routers[0]!;
  return {
    router: judged.name,
    judgedOn: folded && folded.rows.length > 0 ? 'out of fold' : (split ?? 'held-out test'),
    models: new Map(Array.from(rows, (row, i) => [queries[row]!.id, models[judged.choices[i]!]!])),
  };
}
