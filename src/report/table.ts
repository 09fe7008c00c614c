// Tables for a terminal (boxes) or for a file (Markdown).

export type Align = 'left' | 'right';

export interface Column {
  readonly head: string;
  readonly align?: Align;
  /** Of the page's glossary. */
  readonly term?: string;
}

/** Draws one table; the first column is left-aligned, the others right unless they say otherwise. */
export type DrawTable = (columns: readonly Column[], rows: readonly (readonly string[])[]) => string;

/** Box drawing through cli-table3, loaded only here because it costs 13 ms. */
export async function boxTables(): Promise<DrawTable> {
  const { default: Table } = await import('cli-table3');
  return (columns, rows) => {
    const table = new Table({
      head: columns.map(({ head }) => head),
      colAligns: columns.map(alignOf),
      style: { head: [], border: [], compact: true },
    });
    table.push(...rows.map((row) => [...row]));
    return table.toString();
  };
}

export const markdownTable: DrawTable = (columns, rows) => {
  const heads = columns.map(({ head }) => head);
  const widths = heads.map((head, c) => Math.max(3, head.length, ...rows.map((row) => row[c]!.length)));
  const pad = (text: string, c: number) =>
    alignOf(columns[c]!, c) === 'left' ? text.padEnd(widths[c]!) : text.padStart(widths[c]!);
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, c) =>
    alignOf(columns[c]!, c) === 'left' ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(heads), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
};

function alignOf({ align }: Column, index: number): Align {
  return align ?? (index === 0 ? 'left' : 'right');
}
