// A page of findings that is no router report: a headline, warnings, and sections of sentences and tables; as text, Markdown or HTML.
import { boxTables, type Column, type DrawTable, markdownTable } from './table.js';
import type { TextOptions } from './text.js';
import { wrap } from './wrap.js';

export interface Sheet {
  /** What the page is about, for its title. */
  readonly title: string;
  readonly headline: string;
  readonly mood: 'good' | 'unsure' | 'bad';
  readonly warnings: readonly string[];
  readonly sections: readonly SheetSection[];
}

export interface SheetSection {
  readonly title: string;
  readonly before?: readonly string[];
  readonly table?: { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };
  readonly after?: readonly string[];
}

/** Without its title. */
export function sectionParts({ before = [], table, after = [] }: SheetSection, draw: DrawTable): string[] {
  return [
    ...before.map((text) => wrap(text)),
    ...(table && table.rows.length > 0 ? [draw(table.columns, table.rows)] : []),
    ...after.map((text) => wrap(text)),
  ];
}

const STYLES = { good: 'green', unsure: 'yellow', bad: 'red' } as const;

/** Ends with a newline. */
export async function renderSheet(sheet: Sheet, options: Omit<TextOptions, 'beside'> = {}): Promise<string> {
  const { paint = (_, text) => text, markdown = false } = options;
  const draw = markdown ? markdownTable : await boxTables();
  const parts = [
    wrap(sheet.headline)
      .split('\n')
      .map((line) => paint(STYLES[sheet.mood], line))
      .join('\n'),
    ...(sheet.warnings.length > 0 ? [sheet.warnings.map((text) => wrap(`- warning: ${text}`, '  ')).join('\n')] : []),
    ...sheet.sections.map((section) =>
      [markdown ? `## ${section.title}` : paint('bold', section.title), ...sectionParts(section, draw)].join(
        markdown ? '\n\n' : '\n',
      ),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}
