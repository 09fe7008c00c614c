// In which formats a report is written, and to which files.
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';
import type { TextOptions } from '../report/text.js';
import type { Analysis } from './analysis.js';

export type ReportFormat = NonNullable<VsrConfig['analyze']['format']>[number];

const ENDINGS: Readonly<Record<ReportFormat, readonly string[]>> = {
  text: ['.txt'],
  json: ['.json'],
  html: ['.html', '.htm'],
  markdown: ['.md'],
};

/**
 * What was asked for by name, else --json, else the ending of the output, else text (Markdown in a file).
 * Throws `VSR_USAGE` for several formats on stdout.
 */
export function formatsOf({ format, output }: VsrConfig['analyze'], json: boolean): readonly ReportFormat[] {
  const formats = [...new Set([...(format ?? []), ...(json && !format ? (['json'] as const) : [])])];
  if (formats.length > 1 && output === undefined) {
    throw new VsrError(
      'VSR_USAGE',
      `--format ${formats.join(',')} makes ${formats.length} files, and --output is missing.`,
      {
        hint: 'Give --output report, or one format.',
      },
    );
  }
  if (formats.length > 0) return formats;
  if (output === undefined) return ['text'];
  const byEnding = (Object.keys(ENDINGS) as ReportFormat[]).find((name) =>
    ENDINGS[name].some((ending) => output.toLowerCase().endsWith(ending)),
  );
  return [byEnding ?? 'markdown'];
}

/** One format: the output as it is named. Several: its name without the ending, and the ending of each. */
export function filesOf(
  output: string,
  formats: readonly ReportFormat[],
): readonly (readonly [string, ReportFormat])[] {
  if (formats.length === 1) return [[output, formats[0]!]];
  const known = Object.values(ENDINGS).flat();
  const ending = known.find((one) => output.toLowerCase().endsWith(one));
  const stem = ending ? output.slice(0, -ending.length) : output;
  return formats.map((format) => [`${stem}${ENDINGS[format][0]}`, format]);
}

/** Each renderer is loaded only when its format is asked for. */
export async function rendered(
  format: ReportFormat,
  analysis: Analysis,
  paint?: TextOptions['paint'],
): Promise<string> {
  const options = { markdown: format === 'markdown', ...(paint && { paint }) };
  if (analysis.kind === 'findings') {
    const { json, sheet } = analysis;
    if (format === 'json') return `${JSON.stringify(json, null, 2)}\n`;
    if (format === 'html') return (await import('../report/html/findings-page.js')).renderFindings(analysis);
    return (await import('../report/sheet.js')).renderSheet(sheet, options);
  }
  const { report, beside } = analysis;
  if (format === 'json') {
    const { reportJson } = await import('../report/json.js');
    return `${JSON.stringify(reportJson(report, beside), null, 2)}\n`;
  }
  if (format === 'html') return (await import('../report/html/html-report.js')).renderHtml(report, beside);
  const { renderText } = await import('../report/text.js');
  return renderText(report, { beside, ...options });
}
