// What decide.ts needs besides scores, from the rows a router learned on.
import type { OutcomeTable } from '../../data/outcome-table.js';
import type { Objective } from '../../math/utility.js';
import type { DecisionPolicy } from '../../routers/decide.js';
import { bestSingle, modelStats, type Prices } from './model-stats.js';

export interface PolicyOptions {
  readonly objective: Objective;
  readonly catalogue: ReadonlyMap<string, Prices>;
}

/** Statistics and fallback of `rows`; the scale is the router's own and comes later. */
export function policyFrom(
  table: OutcomeTable,
  rows: Int32Array,
  options: PolicyOptions,
): Omit<DecisionPolicy, 'scale'> {
  return {
    models: table.models,
    stats: modelStats(table, rows, options.catalogue),
    objective: options.objective,
    fallback: table.models[bestSingle(table, rows, options.objective)]!,
  };
}
