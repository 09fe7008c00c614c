// A page of findings as HTML: the same frame as the report's.
import type { Sheet } from '../sheet.js';
import { escapeHtml } from './escape.js';
import { htmlTable } from './html-table.js';
import { page } from './page.js';

const CLASSES = { good: 'route', unsure: 'inconclusive', bad: 'do-not-route' } as const;

/** @param extra figures, already HTML, after the first section */
export function renderSheetHtml(sheet: Sheet, extra: readonly string[] = []): string {
  const sections = sheet.sections.map(({ title, before = [], table, after = [] }, i) => {
    const text = (lines: readonly string[]) => lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n');
    const drawn = table
      ? htmlTable(
          table.columns.map(({ head }) => ({ text: head })),
          table.rows,
          { caption: title, sortable: true },
        )
      : '';
    return `<section aria-labelledby="part-${i}"><h2 id="part-${i}">${escapeHtml(title)}</h2>\n${text(before)}\n${drawn}\n${text(after)}</section>`;
  });
  return page(
    sheet.title,
    `<section id="verdict" class="verdict ${CLASSES[sheet.mood]}"><p><strong>${escapeHtml(sheet.headline)}</strong></p></section>
${sheet.warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>`).join('\n')}
${sections.slice(0, 1).join('\n')}
${extra.join('\n')}
${sections.slice(1).join('\n')}`,
    'The same numbers for programs: vsr analyze --json.',
  );
}
