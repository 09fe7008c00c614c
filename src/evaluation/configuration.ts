// What a configuration leaves to learn: decisions with several models, models without data, data without models, missing prices.
import type { OutcomeTable } from '../data/outcome-table.js';

export const CONFIGURATION_SCHEMA = 'vsr.configuration/1';

export interface ConfigurationReport {
  readonly schema: typeof CONFIGURATION_SCHEMA;
  readonly verdict: { readonly kind: 'trainable' | 'nothing-to-learn' | 'no-data'; readonly sentence: string };
  readonly warnings: readonly string[];
  readonly decisions: readonly DecisionPool[];
  readonly models: readonly ConfiguredModel[];
  /** null where no outcomes are here. */
  readonly data: { readonly path: string; readonly queries: number } | null;
}

export interface DecisionPool {
  readonly name: string;
  readonly algorithm: string | null;
  readonly models: readonly string[];
  /** More than one model, of which at least two have data. */
  readonly trainable: boolean;
  /** Queries with outcomes of two of its models or more. */
  readonly queries: number;
}

export interface ConfiguredModel {
  readonly model: string;
  readonly configured: boolean;
  /** Scored answers; null where no outcomes are here. */
  readonly cells: number | null;
  readonly priced: boolean;
  readonly decisions: readonly string[];
}

export interface ConfigurationInput {
  /** Aliases of model_config. */
  readonly configured: readonly string[];
  readonly decisions: readonly {
    readonly name: string;
    readonly algorithm: string | null;
    readonly models: readonly string[];
  }[];
  readonly priced: ReadonlySet<string>;
  readonly data: { readonly path: string; readonly table: Pick<OutcomeTable, 'models' | 'quality'> } | null;
}

export function judgeConfiguration({ configured, decisions, priced, data }: ConfigurationInput): ConfigurationReport {
  const referred = decisions.flatMap(({ models }) => models);
  const known = [...new Set([...configured, ...referred, ...(data?.table.models ?? [])])];
  const cellsOf = (model: string) => data && queriesWith(data.table, [model], 1);
  const models = known.map((model) => ({
    model,
    configured: configured.includes(model) || referred.includes(model),
    cells: cellsOf(model),
    priced: priced.has(model),
    decisions: decisions.filter((decision) => decision.models.includes(model)).map(({ name }) => name),
  }));
  const pools = decisions.map(({ name, algorithm, models: own }) => {
    const unique = [...new Set(own)];
    const withData = unique.filter((model) => (cellsOf(model) ?? 0) > 0);
    return {
      name,
      algorithm,
      models: unique,
      trainable: unique.length > 1 && withData.length > 1,
      queries: data ? queriesWith(data.table, unique, 2) : 0,
    };
  });
  const list = (some: readonly { readonly model: string }[]) => some.map(({ model }) => model).join(', ');
  const dataless = models.filter((one) => one.configured && one.cells === 0);
  const stray = models.filter((one) => !one.configured && one.cells !== null && one.cells > 0);
  const unpriced = models.filter((one) => !one.priced);
  return {
    schema: CONFIGURATION_SCHEMA,
    verdict: verdictOn(pools, models, data),
    warnings: [
      ...(dataless.length > 0
        ? [`Configured, but without any scored answer: ${list(dataless)}. No router can learn of them.`]
        : []),
      ...(stray.length > 0 && configured.length + referred.length > 0
        ? [`In the outcomes, but not configured: ${list(stray)}. A router would choose what nobody can call.`]
        : []),
      ...(unpriced.length > 0
        ? [`Without a price: ${list(unpriced)}. Their costs are what the outcomes recorded, or unknown.`]
        : []),
    ],
    decisions: pools,
    models,
    data: data && { path: data.path, queries: data.table.quality.rows },
  };
}

/** Queries with a scored answer of `least` of the models or more. */
function queriesWith(
  { models, quality }: Pick<OutcomeTable, 'models' | 'quality'>,
  wanted: readonly string[],
  least: number,
): number {
  const columns = wanted.map((model) => models.indexOf(model)).filter((column) => column >= 0);
  let queries = 0;
  for (let at = 0; at < quality.data.length; at += quality.cols) {
    let answered = 0;
    for (const column of columns) if (!Number.isNaN(quality.data[at + column])) answered++;
    if (answered >= least) queries++;
  }
  return queries;
}

function verdictOn(
  pools: readonly DecisionPool[],
  models: readonly ConfiguredModel[],
  data: ConfigurationInput['data'],
): ConfigurationReport['verdict'] {
  if (!data) return { kind: 'no-data', sentence: 'Configuration: no outcomes here yet; vsr benchmark makes them.' };
  if (pools.length === 0) {
    const usable = models.filter(({ cells }) => (cells ?? 0) > 0).length;
    return usable > 1
      ? { kind: 'trainable', sentence: `Configuration: ${usable} models with outcomes form one pool to route between.` }
      : {
          kind: 'nothing-to-learn',
          sentence: 'Configuration: fewer than two models have outcomes, so that there is nothing to route between.',
        };
  }
  const trainable = pools.filter((pool) => pool.trainable);
  return trainable.length > 0
    ? {
        kind: 'trainable',
        sentence: `Configuration: ${trainable.length} of ${pools.length} decisions can be trained (${trainable.map(({ name }) => name).join(', ')}).`,
      }
    : {
        kind: 'nothing-to-learn',
        sentence: `Configuration: none of ${pools.length} decisions has two models with outcomes, so that there is nothing to learn.`,
      };
}
