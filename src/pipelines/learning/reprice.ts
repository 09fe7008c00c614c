// Dollars of every cell from its tokens and given prices: what the same answers would have cost.
import { readCatalogue } from '../../data/catalogue.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { VsrError } from '../../errors/vsr-error.js';
import { matrix64 } from '../../math/matrix.js';
import type { PipelineContext } from '../context.js';
import type { PricedModel } from './outcome-data.js';

export interface Repriced {
  readonly table: OutcomeTable;
  readonly catalogue: ReadonlyMap<string, PricedModel>;
}

/**
 * Models that the file prices get new costs (cells without tokens lose theirs: old and new dollars must not be mixed); the others
 * keep what they have, and are named. Throws `VSR_FILE`, `VSR_DATA`; `VSR_DATA` also where the file prices none of the models.
 */
export async function repriced(
  table: OutcomeTable,
  catalogue: ReadonlyMap<string, PricedModel>,
  path: string,
  context: PipelineContext,
): Promise<Repriced> {
  const prices = new Map<string, PricedModel>(await readCatalogue(path));
  const priced = table.models.map((model) => {
    const { inputPrice = null, outputPrice = null } = prices.get(model) ?? {};
    return inputPrice === null || outputPrice === null ? undefined : { inputPrice, outputPrice };
  });
  if (priced.every((price) => price === undefined)) {
    throw new VsrError('VSR_DATA', `${path}: prices none of ${table.models.join(', ')}.`, {
      hint: 'Name the models as the outcomes do, each with input_price and output_price in dollars per million tokens.',
    });
  }
  const kept = table.models.filter((_, m) => priced[m] === undefined);
  if (kept.length > 0) context.onWarning?.(`${path}: no price for ${kept.join(', ')}; their costs stay as they are.`);
  const M = table.models.length;
  const cost = Float64Array.from(table.cost.data, (old, at) => {
    const price = priced[at % M];
    if (!price) return old;
    return (table.inputTokens.data[at]! * price.inputPrice + table.outputTokens.data[at]! * price.outputPrice) / 1e6;
  });
  const without = table.models.filter(
    (_, m) => priced[m] && !table.queries.some((_, i) => !Number.isNaN(cost[i * M + m]!)),
  );
  if (without.length > 0) {
    context.onWarning?.(`${path}: no token counts for ${without.join(', ')}, so that their new costs are unknown.`);
  }
  return {
    table: { ...table, cost: matrix64(table.cost.rows, M, cost) },
    catalogue: new Map([...catalogue, ...[...prices].filter(([model]) => table.models.includes(model))]),
  };
}
