// Dollars of every cell where the outcomes know none: estimated from prices, so that cost can be weighed at all.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Matrix, matrix64 } from '../../math/matrix.js';
import type { Prices } from '../learning/model-stats.js';

/** What an answer is taken to be long, where no answer was counted. */
const OUTPUT_TOKENS = 512;
const CHARACTERS_PER_TOKEN = 4;

/**
 * [N×M]; the table's own dollars where it has any, else (⌈characters/4⌉·input price + 512·output price)/1e6; NaN = unknown.
 * undefined where neither dollars nor prices are known.
 */
export function knownOrEstimatedCosts(
  { cost, queries, models }: Pick<OutcomeTable, 'cost' | 'queries' | 'models'>,
  catalogue: ReadonlyMap<string, Prices>,
): Matrix<Float64Array> | undefined {
  if (cost.data.some((dollars) => !Number.isNaN(dollars))) return cost;
  const prices = models.map((model) => catalogue.get(model));
  if (!prices.some((price) => price?.inputPrice != null && price.outputPrice != null)) return undefined;
  const estimated = matrix64(queries.length, models.length);
  queries.forEach(({ query }, i) => {
    const tokens = Math.ceil(query.length / CHARACTERS_PER_TOKEN);
    prices.forEach((price, m) => {
      const { inputPrice = null, outputPrice = null } = price ?? {};
      estimated.data[i * models.length + m] =
        inputPrice === null || outputPrice === null
          ? Number.NaN
          : (tokens * inputPrice + OUTPUT_TOKENS * outputPrice) / 1e6;
    });
  });
  return estimated;
}
