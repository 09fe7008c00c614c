// analyze --decisions: what the deployed router earned, from its decisions and the outcomes of the same queries; a gateway's log is both.
import { existsSync } from 'node:fs';
import { openArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { VsrConfig } from '../../config/schema.js';
import { readDecisions } from '../../data/read-decisions.js';
import { VsrError } from '../../errors/vsr-error.js';
import { type Deployed, judgeDeployed } from '../../evaluation/deployed.js';
import type { PipelineContext } from '../context.js';
import { pinObjective, reweighByFlags } from '../learning/objective.js';
import { loadOutcomeData } from '../learning/outcome-data.js';
import { withLogAsOutcomes } from '../train/from-log.js';
import { DEFAULT_ARTIFACTS } from './artifacts.js';
import { partOf } from './part.js';

/**
 * The objective and the model to compare with come from the artifact, where one is here; else from the configuration, and
 * the best model in hindsight. Throws what reading the files throws, `VSR_DATA` where no id meets.
 */
export async function judgeDecisions(config: VsrConfig, context: PipelineContext): Promise<Deployed> {
  const path = config.analyze.decisions!;
  const decisions = await readDecisions(path);
  const dataFile =
    config.analyze.dataFile ??
    (decisions.some(({ logged }) => logged) ? await ratedIn(path, config, context) : undefined);
  const data = await loadOutcomeData(
    config,
    dataFile,
    { ratios: [1, 0, 0], seed: config.seed, leakCheck: 'warn', queryLimit: 0, prices: config.analyze.prices },
    context,
  );
  const rowOfId = new Map(data.table.queries.map(({ id }, row) => [id, row]));
  const met = decisions.filter(({ id }) => rowOfId.has(id));
  if (met.length === 0) {
    throw new VsrError('VSR_DATA', `None of the ${decisions.length} ids in ${path} stands in ${data.path}.`, {
      hint: 'Give --data-file the outcomes of these very queries; vsr benchmark keeps ids.',
    });
  }
  const unknown = [...new Set(met.map(({ model }) => model))].filter((model) => !data.table.models.includes(model));
  const directory = config.analyze.artifacts?.[0] ?? DEFAULT_ARTIFACTS;
  const manifest =
    config.analyze.artifacts || existsSync(directory) ? openArtifactDirectory(directory).manifest : undefined;
  const rows = Int32Array.from(met, ({ id }) => rowOfId.get(id)!);
  const objective = manifest
    ? (reweighByFlags(
        manifest.objective,
        config.analyze,
        manifest.models.map((model) => manifest.modelStats[model]!),
      ) ?? manifest.objective)
    : pinObjective(config, data.table, rows).objective;
  const scaleOf = (router: string | null) => (router === null ? undefined : manifest?.routers[router]?.scale);
  const { bootstrap, confidence } = config.analyze;
  return judgeDeployed({
    table: partOf(data.table, rows),
    groups: rows.map((row) => data.groups[row]!),
    choices: Int32Array.from(met, ({ model }) => data.table.models.indexOf(model)),
    expected: {
      quality: Float64Array.from(met, ({ score, router }) =>
        score !== null && scaleOf(router) === 'quality' ? score : Number.NaN,
      ),
      cost: Float64Array.from(met, ({ cost }) => cost ?? Number.NaN),
    },
    arms: met.map(({ arm }) => arm),
    units: met.map(({ unit }) => unit),
    reference: manifest?.bestSingle ?? null,
    decisions: decisions.length,
    objective,
    warnings: [
      ...(met.length < decisions.length
        ? [`${decisions.length - met.length} of ${decisions.length} decisions are about queries without outcomes.`]
        : []),
      ...(unknown.length > 0
        ? [
            `The outcomes know nothing of ${unknown.join(', ')}: decisions for ${unknown.length === 1 ? 'it' : 'them'} count as unanswered.`,
          ]
        : []),
    ],
    options: { bootstrap, confidence, seed: config.seed },
  });
}

/** The rated answers of a log as a file of outcomes beside it. */
async function ratedIn(log: string, config: VsrConfig, context: PipelineContext): Promise<string> {
  const { train } = await withLogAsOutcomes(
    { ...config, train: { ...config.train, fromLog: log, dataFile: undefined } },
    context,
  );
  return train.dataFile!;
}
