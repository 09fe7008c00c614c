// An artifact with the outcomes that it is judged by, split as training split them.
import type { VsrConfig } from '../../config/schema.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { Objective } from '../../math/utility.js';
import type { PipelineContext } from '../context.js';
import { reweighByFlags } from '../learning/objective.js';
import { loadOutcomeData, type OutcomeData } from '../learning/outcome-data.js';
import { withVotesExample } from '../sources.js';
import { openTrained, type Trained } from '../trained/trained-router.js';

export interface Judged {
  readonly trained: Trained;
  readonly data: OutcomeData;
  /** The artifact's, with the weights of the flags. */
  readonly objective: Objective;
  /** true: flags gave the weights, so that they decide and not thresholds. */
  readonly byWeights: boolean;
}

/**
 * Throws what opening the artifact and reading the outcomes throw, `VSR_USAGE` for another --split-by than training's,
 * `VSR_MODEL_UNKNOWN` for outcomes of other models alone.
 */
export async function openJudged(config: VsrConfig, context: PipelineContext, directory: string): Promise<Judged> {
  const trained = await openTrained(directory, config.embedding, context);
  const { manifest } = trained.artifact;
  const { splitBy: by = 'query', leakCheck } = manifest.data;
  const { splitBy: asked, prices } = config.analyze;
  if (asked !== undefined && asked !== by) {
    throw new VsrError('VSR_USAGE', `--split-by ${asked}: ${directory} was trained with --split-by ${by}.`, {
      hint: `Train with --split-by ${asked}: what a router has learned from, it cannot be judged on.`,
    });
  }
  const split = {
    ratios: manifest.data.ratios,
    seed: manifest.seed,
    by,
    leakCheck: config.analyze.leakCheck ?? leakCheck ?? config.train.leakCheck,
    queryLimit: manifest.data.queryLimit,
    models: manifest.models,
    prices,
  };
  const { dataFile } = config.analyze;
  const data = await loadOutcomeData(
    withVotesExample(config, dataFile, manifest.data.sha256),
    dataFile,
    split,
    context,
  );
  if (data.sha256 !== manifest.data.sha256) {
    context.onWarning?.(
      `${data.path} is not the file that ${trained.artifact.path} was trained on (${manifest.data.file}, as it was then).`,
    );
  }
  sayOtherModels(data, manifest.models, trained.artifact.path, context);
  const stats = manifest.models.map((model) => manifest.modelStats[model]!);
  const reweighed = reweighByFlags(manifest.objective, config.analyze, stats);
  return { trained, data, objective: reweighed ?? manifest.objective, byWeights: reweighed !== undefined };
}

/** A warning with what differs; throws `VSR_MODEL_UNKNOWN` where the two have no model in common. */
function sayOtherModels(
  { path, found }: OutcomeData,
  models: readonly string[],
  artifact: string,
  context: PipelineContext,
): void {
  const without = models.filter((model) => !found.includes(model));
  const unlearned = found.filter((model) => !models.includes(model));
  if (without.length === models.length) {
    throw new VsrError(
      'VSR_MODEL_UNKNOWN',
      `${path} holds no outcome of the models that ${artifact} chooses between: it has ${found.join(', ')}; the artifact ${models.join(', ')}.`,
      { hint: 'Give --data-file outcomes of these models, or train on this file.' },
    );
  }
  if (without.length + unlearned.length === 0) return;
  const parts = [
    ...(without.length > 0
      ? [`without outcomes here: ${without.join(', ')} (choosing them counts as unanswered)`]
      : []),
    ...(unlearned.length > 0 ? [`unknown to the artifact: ${unlearned.join(', ')}`] : []),
  ];
  context.onWarning?.(`${artifact} was trained on other models than ${path} holds; ${parts.join('; ')}.`);
}
