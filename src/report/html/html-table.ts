// Tables of the page: the same cells as the text report, sortable where asked for, wide ones scroll by themselves.
import { escapeHtml } from './escape.js';
import { defined } from './glossary.js';

export interface Cell {
  readonly text: string;
  /** What to sort by; default the text. */
  readonly value?: number | string | null;
  /** As markup, already escaped; default the text, escaped. */
  readonly html?: string;
}

export interface HeadCell {
  readonly text: string;
  /** Term of the glossary that explains the column. */
  readonly term?: string;
  readonly align?: 'left' | 'right';
}

export interface TableOptions {
  readonly caption: string;
  readonly sortable?: boolean;
  /** Read aloud, not shown: where a heading above says the same. */
  readonly silentCaption?: boolean;
  readonly id?: string;
  /** Rows to set in bold. */
  readonly strong?: (row: number) => boolean;
}

/** Every row has as many cells as `heads`; the first column is a row header. */
export function htmlTable(
  heads: readonly HeadCell[],
  rows: readonly (readonly (Cell | string)[])[],
  { caption, sortable = false, silentCaption = false, id, strong = () => false }: TableOptions,
): string {
  const alignOf = (c: number) => heads[c]!.align ?? (c === 0 ? 'left' : 'right');
  const head = heads
    .map(({ text, term }, c) => {
      const label = term ? defined(text, term) : escapeHtml(text);
      const sort = sortable
        ? ` <button type="button" class="sort" aria-label="Sort by ${escapeHtml(text || 'name')}">↕</button>`
        : '';
      return `<th scope="col" class="${alignOf(c)}">${label}${sort}</th>`;
    })
    .join('');
  const body = rows
    .map((row, r) => {
      const cells = row.map((cell, c) => cellHtml(typeof cell === 'string' ? { text: cell } : cell, c, alignOf(c)));
      return `<tr${strong(r) ? ' class="strong"' : ''}>${cells.join('')}</tr>`;
    })
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table${id ? ` id="${id}"` : ''}${sortable ? ' class="sortable"' : ''}>
<caption${silentCaption ? ' class="silent"' : ''}>${escapeHtml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody></table></div>`;
}

function cellHtml({ text, value, html }: Cell, column: number, align: string): string {
  const sort = value === undefined ? '' : ` data-value="${escapeHtml(value === null ? '' : String(value))}"`;
  const content = html ?? escapeHtml(text);
  return column === 0
    ? `<th scope="row" class="${align}"${sort}>${content}</th>`
    : `<td class="${align}"${sort}>${content}</td>`;
}
