// A page of findings as HTML: the same frame as the report's.
import type { Sheet, SheetSection } from '../sheet.js';
import { escapeHtml } from './escape.js';
import { glossary } from './glossary.js';
import { htmlTable } from './html-table.js';
import { page } from './page.js';

const CLASSES = { good: 'route', unsure: 'inconclusive', bad: 'do-not-route' } as const;

/** Without its title. */
export function sectionHtml({ title, before = [], table, after = [] }: SheetSection): string {
  const text = (lines: readonly string[]) => lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n');
  const drawn =
    table && table.rows.length > 0
      ? htmlTable(
          table.columns.map(({ head, term, align }) => ({
            text: head,
            ...(term !== undefined && { term }),
            ...(align !== undefined && { align }),
          })),
          table.rows,
          { caption: title, sortable: true, silentCaption: true },
        )
      : '';
  return `${text(before)}\n${drawn}\n${text(after)}`;
}

/** @param extra figures, already HTML, after the first section */
export function renderSheetHtml(sheet: Sheet, extra: readonly string[] = []): string {
  const sections = sheet.sections.map(
    (section, i) =>
      `<section aria-labelledby="part-${i}"><h2 id="part-${i}">${escapeHtml(section.title)}</h2>\n${sectionHtml(section)}</section>`,
  );
  return page(
    sheet.title,
    `<section id="verdict" class="verdict ${CLASSES[sheet.mood]}"><p><strong>${escapeHtml(sheet.headline)}</strong></p></section>
${sheet.warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>`).join('\n')}
${sections.slice(0, 1).join('\n')}
${extra.join('\n')}
${sections.slice(1).join('\n')}
<section aria-labelledby="terms"><h2 id="terms">What the words mean</h2>
${glossary()}
</section>`,
    'The same numbers for programs: vsr analyze --json.',
  );
}
