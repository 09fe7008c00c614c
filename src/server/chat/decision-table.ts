// What /why shows: the ranking of the last decision, a model a line.
import { isObject, type Json } from '../../providers/json.js';

export function decisionTable(decision: Json): string {
  const ranking = Array.isArray(decision.ranking) ? decision.ranking.filter(isObject) : [];
  const rows = [
    ['model', 'quality', 'utility', 'cost', 'ms'],
    ...ranking.map(({ model, expected_quality, utility, expected_cost, expected_latency }) => [
      String(model),
      fixed(expected_quality, 3),
      fixed(utility, 3),
      typeof expected_cost === 'number' ? `$${expected_cost.toPrecision(2)}` : '-',
      fixed(expected_latency, 0),
    ]),
    ...Object.entries(isObject(decision.masked) ? decision.masked : {}).map(([model, why]) => [
      model,
      String(why),
      '',
      '',
      '',
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return `${decision.model}: ${String(decision.reason).replaceAll('_', ' ')}\n${lines.join('\n')}\n`;
}

function fixed(value: unknown, digits: number): string {
  return typeof value === 'number' ? value.toFixed(digits) : '-';
}
