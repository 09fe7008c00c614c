// What decide.ts needs besides scores, from the rows a router learned on.
import type { OutcomeTable } from '../../data/outcome-table.js';
import type { Matrix } from '../../math/matrix.js';
import type { Objective } from '../../math/utility.js';
import type { DecisionPolicy } from '../../routers/decide.js';
import { modelAbilities } from '../trained/decision-basis.js';
import { bestSingle, modelStats } from './model-stats.js';
import type { PricedModel } from './outcome-data.js';

export interface PolicyOptions {
  readonly objective: Objective;
  readonly catalogue: ReadonlyMap<string, PricedModel>;
  /** [N×M] of the table under the objective, where they are known already. */
  readonly utilities?: Matrix<Float64Array>;
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
    abilities: modelAbilities(table.models, (model) => options.catalogue.get(model)),
    objective: options.objective,
    fallback: table.models[bestSingle(table, rows, options.objective, options.utilities)]!,
  };
}
