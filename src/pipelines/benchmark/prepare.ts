// Everything before the first call: files, models, providers, questions, and whatever can be refused by then.
import type { VsrConfig } from '../../config/schema.js';
import { type MissingKey, requireKeys } from '../../config/secrets.js';
import { readCatalogue } from '../../data/catalogue.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { Provider } from '../../providers/provider.js';
import type { PipelineContext } from '../context.js';
import { catalogueSource, EXAMPLE_NOTICE, querySource } from '../sources.js';
import type { StoredJournal } from './journal.js';
import { type LateScoring, openLateScoring, refuseSelfJudge } from './late-scoring.js';
import { type AskedModel, askedModels } from './models.js';
import { type BenchmarkTools, openProviders } from './open-providers.js';
import { type RunPaths, runPaths } from './paths.js';
import { type Plan, planCalls } from './plan.js';
import { prepareQuestions, type Question, readQueryFile } from './questions.js';
import { refuseContradictions, refuseOutput, refuseUnscored } from './refusals.js';

export interface BenchmarkRun extends BenchmarkTools {
  /** What the configuration's loader could not fill in. */
  readonly missingKeys?: readonly MissingKey[];
  /** Flags that were given (`--max-tokens`): they beat what a model or an endpoint says for itself. */
  readonly givenFlags?: readonly string[];
}

export interface Prepared {
  readonly paths: RunPaths;
  readonly questions: readonly Question[];
  readonly models: readonly AskedModel[];
  /** Not among `models` unless it may judge itself. */
  readonly judge: AskedModel | null;
  /** By endpoint name; empty where nothing will be asked. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly late: LateScoring;
  /** true: the queries are the bundled example's. */
  readonly example: boolean;
}

/** `connect` false: nothing will be asked, so no key is needed. Throws what `benchmark` throws before any call. */
export async function prepare(
  config: VsrConfig,
  context: PipelineContext,
  run: BenchmarkRun,
  connect: boolean,
): Promise<Prepared> {
  refuseContradictions(config);
  const source = querySource(config);
  if (source.example && Object.keys(config.modelConfig).length > 0) {
    throw new VsrError(
      'VSR_DATA',
      'Models are configured, but no queries: there is no --data-file, no data.queries and no ./queries.jsonl.',
      {
        hint: 'Write queries.jsonl (vsr init shows how); the bundled questions are never sent to your own models unasked.',
      },
    );
  }
  if (source.example) context.onNotice?.(EXAMPLE_NOTICE);
  const paths = runPaths(config.benchmark.output);
  refuseOutput(paths, source.path);
  const file = await readQueryFile(config, source.path, context);
  const cataloguePath = catalogueSource(config, source.example);
  const catalogue = cataloguePath === undefined ? new Map() : await readCatalogue(cataloguePath);
  const given = (flag: string) => run.givenFlags?.includes(flag) ?? false;
  const models = askedModels(config, file, catalogue, given);
  const aliases = models.map(({ alias }) => alias);
  const judge = judgeModel(config, file, catalogue, given);
  refuseSelfJudge(config, aliases);
  const questions = await prepareQuestions(config, file);
  const judged = judge !== null && questions.some(({ scorer }) => scorer.name === 'judge') ? judge : null;
  const asked = judged ? [...models, judged] : models;
  if (connect) {
    requireKeys(
      config,
      run.missingKeys ?? [],
      asked.map(({ alias }) => alias),
    );
  }
  const providers = connect
    ? await openProviders(asked, file, config, { ...run, onWarning: context.onWarning })
    : new Map<string, Provider>();
  const late = await openLateScoring(config, questions, judged, providers);
  if (models.some(({ routes }) => routes.some(({ endpoint }) => endpoint.type !== 'recorded'))) {
    refuseUnscored(questions, late, config, source.path, context);
  }
  return { paths, questions, models, judge: judged, providers, late, example: source.example };
}

/** The plan for what is prepared and what earlier runs have made. */
export function planFor(config: VsrConfig, { questions, models }: Prepared, stored: StoredJournal): Plan {
  const { retryFailed, repeat, concise } = config.benchmark;
  return planCalls(questions, models, stored.entries, { seed: config.seed, retryFailed, repeats: repeat, concise });
}

/** Throws `VSR_MODEL_UNKNOWN` for a judge that is not configured. */
function judgeModel(
  config: VsrConfig,
  ...[file, catalogue, given]: [
    Parameters<typeof askedModels>[1],
    Parameters<typeof askedModels>[2],
    Parameters<typeof askedModels>[3],
  ]
): AskedModel | null {
  const { model, maxTokens } = config.scoring.judge;
  if (model === undefined) return null;
  const alone = { ...config, benchmark: { ...config.benchmark, models: [model] } };
  const [judge] = askedModels(alone, file, catalogue, given, '--judge-model');
  return { ...judge!, maxTokens, temperature: 0 };
}
