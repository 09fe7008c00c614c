// Rows of an outcome table as a table of their own.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { takeRows } from '../../math/matrix.js';

/** The given rows, in the given order, copied; the table itself where these are all of its rows as they stand. */
export function partOf(table: OutcomeTable, rows: Int32Array): OutcomeTable {
  if (rows.length === table.queries.length && rows.every((row, i) => row === i)) return table;
  return {
    models: table.models,
    queries: Array.from(rows, (row) => table.queries[row]!),
    quality: takeRows(table.quality, rows),
    latency: takeRows(table.latency, rows),
    cost: takeRows(table.cost, rows),
    inputTokens: takeRows(table.inputTokens, rows),
    outputTokens: takeRows(table.outputTokens, rows),
  };
}
