// analyze --only config: the configuration against the data, without judging any router.
import { decisionShape, type VsrConfig } from '../../config/schema.js';
import { readOutcomeColumns } from '../../data/read-outcomes.js';
import { type ConfigurationReport, judgeConfiguration } from '../../evaluation/configuration.js';
import type { PipelineContext } from '../context.js';
import { loadCatalogue } from '../learning/outcome-data.js';
import { readOutcomesMeta } from '../outcomes-meta.js';
import { outcomeSource } from '../sources.js';

/** The bundled example counts as data only where nothing is configured. Throws what reading the files throws. */
export async function analyzeConfiguration(config: VsrConfig, context: PipelineContext): Promise<ConfigurationReport> {
  const configured = Object.keys(config.modelConfig);
  const source = outcomeSource(config, config.analyze.dataFile);
  const own = configured.length + config.decisions.length > 0;
  const read =
    source.awaited || (source.example && own)
      ? undefined
      : await readOutcomeColumns(source.path, { scale: config.scoring.scale });
  const meta = read && readOutcomesMeta(source.path);
  const catalogue = await loadCatalogue(config, read !== undefined && source.example, meta);
  if (!read) context.onNotice?.('No outcomes here: only the configuration is looked at.');
  return judgeConfiguration({
    configured,
    decisions: config.decisions
      .map((decision) => decisionShape.parse(decision))
      .map(({ name, algorithm, modelRefs }) => ({
        name,
        algorithm: algorithm?.type ?? null,
        models: modelRefs.map(({ model }) => model),
      })),
    priced: new Set(
      [...catalogue]
        .filter(([, { inputPrice, outputPrice }]) => inputPrice !== null && outputPrice !== null)
        .map(([model]) => model),
    ),
    data: read
      ? {
          path: source.path,
          table: read.columns.take(Int32Array.from(read.columns.queries.keys()), read.columns.models),
        }
      : null,
  });
}
