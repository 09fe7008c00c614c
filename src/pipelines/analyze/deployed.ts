// analyze --decisions: what the deployed router earned, from its decisions and the outcomes of the same queries; a gateway's log is both.
import { existsSync } from 'node:fs';
import { openArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { VsrConfig } from '../../config/schema.js';
import { contentText } from '../../data/content-text.js';
import { groupIds } from '../../data/normalise-text.js';
import { outcomeTable } from '../../data/outcome-table.js';
import { readDecisions } from '../../data/read-decisions.js';
import { type LoggedRequest, readRequestLog } from '../../data/read-request-log.js';
import { VsrError } from '../../errors/vsr-error.js';
import { type Deployed, judgeDeployed } from '../../evaluation/deployed.js';
import type { PipelineContext } from '../context.js';
import { pinObjective, reweighByFlags } from '../learning/objective.js';
import { loadOutcomeData, type OutcomeData } from '../learning/outcome-data.js';
import { repriced } from '../learning/reprice.js';
import { DEFAULT_ARTIFACTS } from './artifacts.js';
import { partOf } from './part.js';

/**
 * The objective and the model to compare with come from the artifact, where one is here; else from the configuration, and
 * the best model in hindsight. Throws what reading the files throws, `VSR_DATA` where no id meets.
 */
export async function judgeDecisions(config: VsrConfig, context: PipelineContext): Promise<Deployed> {
  const path = config.analyze.decisions!;
  const decisions = await readDecisions(path);
  const logged = decisions.some((decision) => decision.logged) ? await readRequestLog(path) : [];
  const data =
    config.analyze.dataFile === undefined && logged.length > 0
      ? await outcomesOf(path, logged, config, context)
      : await loadOutcomeData(
          config,
          config.analyze.dataFile,
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
  const requestOfId = new Map(logged.map((request) => [request.query.id, request]));
  const said = (what: 'failed' | 'fellBack') =>
    Float64Array.from(met, ({ id }) => {
      const value = requestOfId.get(id)?.[what] ?? null;
      return value === null ? Number.NaN : Number(value);
    });
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
    unanswered: said('failed'),
    fallback: said('fellBack'),
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

/** A log is its own outcomes, with texts or without, rated or not. */
async function outcomesOf(
  path: string,
  logged: readonly LoggedRequest[],
  { analyze }: VsrConfig,
  context: PipelineContext,
): Promise<Pick<OutcomeData, 'path' | 'table' | 'groups'>> {
  const models = [...new Set(logged.flatMap(({ outcomes }) => Object.keys(outcomes)))];
  const recorded = outcomeTable(logged, models);
  const { table } = analyze.prices ? await repriced(recorded, new Map(), analyze.prices, context) : { table: recorded };
  return { path, table, groups: groupIds(table.queries.map(contentText)) };
}
