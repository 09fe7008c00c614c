// The table that ends a benchmark run: each model's quality with its 95 % interval, cost and what is missing.
import type { ModelSummary } from '../evaluation/benchmark-summary.js';
import { dollars, milliseconds, percent, shareWithInterval } from './format.js';
import { boxTables, markdownTable } from './table.js';

/** Best model first; a column that no model knows is left out. No newline at the end. */
export async function benchmarkTable(
  summary: readonly ModelSummary[],
  { markdown = false }: { readonly markdown?: boolean } = {},
): Promise<string> {
  const draw = markdown ? markdownTable : await boxTables();
  const withCost = summary.some(({ cost }) => cost !== null);
  const withLatency = summary.some(({ latency }) => latency !== null);
  const ranked = [...summary].sort((a, b) => (b.quality ?? -1) - (a.quality ?? -1));
  return draw(
    [
      { head: 'model' },
      { head: 'quality [95 %]' },
      ...(withCost ? [{ head: 'cost' }] : []),
      ...(withLatency ? [{ head: 'latency' }] : []),
      { head: 'missing' },
      { head: 'unparsed' },
    ],
    ranked.map(({ model, quality, qualityInterval, cost, latency, missingShare, unparsedShare }) => [
      model,
      shareWithInterval(quality, qualityInterval),
      ...(withCost ? [dollars(cost)] : []),
      ...(withLatency ? [milliseconds(latency)] : []),
      percent(missingShare, 1),
      percent(unparsedShare, 1),
    ]),
  );
}
