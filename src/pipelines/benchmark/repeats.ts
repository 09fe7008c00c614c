// Several answers of one model to one query as one cell: quality and what it took are means over the answers there are.
import type { OutcomeCell } from '../../data/outcome.js';
import { rounded } from './cell.js';

/** The cell itself where there is one answer alone. Times and tokens are rounded to a tenth, as a single answer's times are. */
export function cellOfRepeats(cells: readonly OutcomeCell[]): OutcomeCell {
  const present = cells.filter(({ quality }) => quality !== null);
  const first = present[0] ?? cells[0]!;
  if (cells.length === 1 || present.length === 0) return first;
  const flags = [...new Set(present.flatMap((cell) => cell.flags ?? []))];
  const extracted = present.every((cell) => cell.extracted === first.extracted) ? first.extracted : undefined;
  return {
    quality: meanOf(present.map(({ quality }) => quality))!,
    status: present.some(({ status }) => status === 'ok') ? 'ok' : first.status,
    ...measured('latency', present),
    ...measured('ttft', present),
    ...measured('inputTokens', present),
    ...measured('outputTokens', present),
    cost: present.every(({ cost }) => cost != null) ? meanOf(present.map(({ cost }) => cost)) : null,
    ...(extracted != null && { extracted }),
    ...(flags.length > 0 && { flags }),
    repeats: present.map(({ quality }) => quality!),
  };
}

function measured(key: 'latency' | 'ttft' | 'inputTokens' | 'outputTokens', cells: readonly OutcomeCell[]) {
  const mean = meanOf(cells.map((cell) => cell[key]));
  return mean === null ? {} : { [key]: rounded(mean) };
}

/** To twelve digits, so that the same answers in another order have the same mean, and tie where they should. */
function meanOf(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === 'number');
  if (known.length === 0) return null;
  return Number((known.reduce((sum, value) => sum + value, 0) / known.length).toPrecision(12));
}
