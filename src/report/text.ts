// The analyze report as text: the verdict first, then what it rests on.
import type { Report } from '../evaluation/report.js';
import { besideSection, comparisonSection } from './comparison-section.js';
import { curveSection, latencySection } from './curve-section.js';
import { dataSection } from './data-section.js';
import { objectiveName } from './format.js';
import { otherMeasuresSection, rankingSection, seedsSection } from './measure-sections.js';
import { peopleSections } from './people-section.js';
import { scoreSections } from './plane-section.js';
import { setupSections } from './setup-section.js';
import { type SheetSection, sectionParts } from './sheet.js';
import { boxTables, markdownTable } from './table.js';
import { carriedBySentence, lookupSentence, recommendationSentence } from './verdict-notes.js';
import { wrap } from './wrap.js';

export interface TextOptions {
  /** Reports of the same routers on other queries, shown by their verdict and main tables. */
  readonly beside?: readonly Report[];
  /** Markdown instead of boxes: for files. */
  readonly markdown?: boolean;
  /** Colours the verdict; default plain. */
  readonly paint?: (style: 'green' | 'yellow' | 'red' | 'bold', text: string) => string;
}

const VERDICT_STYLE = { route: 'green', inconclusive: 'yellow', 'do-not-route': 'red' } as const;

/** Ends with a newline. */
export async function renderText(report: Report, options: TextOptions = {}): Promise<string> {
  const { paint = (_, text) => text, markdown = false, beside = [] } = options;
  const draw = markdown ? markdownTable : await boxTables();
  const section = (title: string, ...parts: string[]) =>
    [markdown ? `## ${title}` : paint('bold', title), ...parts].join(markdown ? '\n\n' : '\n');
  const sheet = (one: SheetSection) => section(one.title, ...sectionParts(one, draw));
  const verdict = wrap(report.verdict.sentence)
    .split('\n')
    .map((line) => paint(VERDICT_STYLE[report.verdict.kind], line))
    .join('\n');
  const sections = [
    [
      verdict,
      ...[...carriedBySentence(report), ...lookupSentence(report), ...recommendationSentence(report)].map((text) =>
        wrap(text),
      ),
    ].join('\n'),
    ...(report.warnings.length > 0 ? [report.warnings.map((text) => bullet(`warning: ${text}`)).join('\n')] : []),
    ...dataSection(report, draw, section),
    ...comparisonSection(report, draw, section),
    ...scoreSections(report, draw, section),
    ...[
      rankingSection(report),
      otherMeasuresSection(report),
      ...seedsSection(report),
      ...(report.learningCurve ? [curveSection(report.learningCurve, objectiveName(report))] : []),
      ...(report.latency ? [latencySection(report.latency)] : []),
      ...peopleSections(report),
    ].map(sheet),
    ...beside.map((other) => besideSection(other, draw, section)),
    ...setupSections(report).map(sheet),
    section('Method', report.method.sentences.map(bullet).join('\n')),
  ];
  return `${sections.join('\n\n')}\n`;
}

function bullet(text: string): string {
  return wrap(`- ${text}`, '  ');
}
