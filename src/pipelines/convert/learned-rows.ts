// Reads again what an artifact was trained on: foreign forms keep outcomes that our fitted routers do not.
import type { VsrConfig } from '../../config/schema.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { PipelineContext } from '../context.js';
import { embedRows } from '../learning/embed-rows.js';
import { loadOutcomeData } from '../learning/outcome-data.js';
import { rowsOf } from '../train/rows.js';
import { readLearnedQueries } from '../trained/companion-files.js';
import type { Trained } from '../trained/trained-router.js';
import type { LearnedRows } from './to-semantic-router.js';

/** Throws `VSR_ARTIFACT` where the outcomes have changed since, or are not those. */
export async function learnedRows(
  config: VsrConfig,
  { artifact, encoder }: Trained,
  context: PipelineContext,
): Promise<LearnedRows> {
  const { manifest } = artifact;
  const { file, sha256, ratios, queryLimit, splitBy: by } = manifest.data;
  if (manifest.features.dim !== encoder.dim) {
    throw new VsrError(
      'VSR_ARTIFACT',
      `${artifact.path}: its features are ${manifest.features.dim} wide, its vectors ${encoder.dim}: beside them stand categories, and only routers on plain vectors have a form in semantic-router.`,
    );
  }
  const split = { ratios, seed: manifest.seed, by, leakCheck: 'warn' as const, queryLimit, models: manifest.models };
  const data = await loadOutcomeData(config, file, split, context);
  if (data.sha256 !== sha256) {
    throw new VsrError(
      'VSR_ARTIFACT',
      `${file} has changed since ${artifact.path} was trained on it: its hash is not the manifest's.`,
      {
        hint: 'Run vsr train again.',
      },
    );
  }
  const learned = new Set(readLearnedQueries(artifact).map(({ id }) => id));
  const rows = rowsOf(data).train.filter((row) => learned.has(data.table.queries[row]!.id));
  const features = await embedRows(encoder, data.table, [rows], config.embedding.cacheDir, context);
  return { table: data.table, features, rows, manifest, signal: context.signal, onWarning: context.onWarning };
}
