// The configuration section of a report: what the artifact was made of, and whether the configuration and the data fit it.
import { decisionShape, type VsrConfig } from '../../config/schema.js';
import type { ReportSetup } from '../../evaluation/setup.js';
import type { PipelineContext } from '../context.js';
import type { Judged } from './judged.js';
import { decisionOverhead } from './overhead.js';

export async function reportSetup(
  config: VsrConfig,
  judged: Judged,
  rows: Int32Array,
  context: PipelineContext,
): Promise<ReportSetup> {
  const { manifest, path } = judged.trained.artifact;
  const pools = config.decisions
    .map((decision) => decisionShape.parse(decision))
    .map(({ name, modelRefs }) => ({ name, models: [...new Set(modelRefs.map(({ model }) => model))] }));
  const named = new Set([...Object.keys(config.modelConfig), ...pools.flatMap(({ models }) => models)]);
  const { engine, embedder } = manifest;
  return {
    artifact: path,
    createdAt: manifest.createdAt,
    version: manifest.version,
    engine: engine && `${engine.name} (${engine.version}) on ${engine.device}`,
    encoder: `${embedder.id}, ${embedder.dim} wide`,
    features: manifest.features.dim,
    data: { file: manifest.data.file, sha256: manifest.data.sha256 },
    models: manifest.models.map((model) => {
      const { inputPrice, outputPrice, n } = manifest.modelStats[model]!;
      const decisions = pools.filter(({ models }) => models.includes(model)).map(({ name }) => name);
      return { model, inputPrice, outputPrice, cells: n, decisions };
    }),
    routers: Object.entries(manifest.routers).map(([name, { params }]) => ({ name, params })),
    decisions: pools.map((pool) => ({
      ...pool,
      trainable: pool.models.filter((model) => manifest.models.includes(model)).length > 1,
    })),
    strays: {
      unlearned: judged.data.found.filter((model) => !manifest.models.includes(model)),
      dataless: [...named].filter((model) => !manifest.models.includes(model)),
    },
    overhead: await decisionOverhead(judged, rows, context),
  };
}
