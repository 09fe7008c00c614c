// The analyze report as text: the verdict first, then what it rests on.
import type { Report } from '../evaluation/report.js';
import { besideSection, comparisonSection } from './comparison-section.js';
import { dataSection } from './data-section.js';
import { counted, pointsWithInterval } from './format.js';
import { boxTables, markdownTable } from './table.js';
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
  const verdict = wrap(report.verdict.sentence)
    .split('\n')
    .map((line) => paint(VERDICT_STYLE[report.verdict.kind], line))
    .join('\n');
  const sections = [
    [verdict, ...carriedBySentence(report), ...lookupSentence(report)].join('\n'),
    ...(report.warnings.length > 0 ? [report.warnings.map((text) => bullet(`warning: ${text}`)).join('\n')] : []),
    ...dataSection(report, draw, section),
    ...comparisonSection(report, draw, section),
    ...beside.map((other) => besideSection(other, draw, section)),
    section('Method', report.method.sentences.map(bullet).join('\n')),
  ];
  return `${sections.join('\n\n')}\n`;
}

function carriedBySentence({ verdict, tasks }: Report): string[] {
  const { carriedBy, delta } = verdict;
  if (!carriedBy || tasks.length < 2) return [];
  const percent = Math.round(100 * carriedBy.share);
  const part = percent < 100 ? `${percent} % of it` : percent === 100 ? 'all of it' : 'all of it and more';
  const sentence =
    `${delta < 0 ? 'The loss' : 'The gain'}: ${part} comes from ${carriedBy.task || 'queries without a task'} ` +
    `(${counted(carriedBy.n, 'query', 'queries')}); without these it is ${pointsWithInterval(carriedBy.without)} points.`;
  return [wrap(sentence)];
}

/** Where knowing the task alone gains more than the router, whoever decides should know. */
function lookupSentence({ arms, verdict }: Report): string[] {
  const lookup = arms.find(({ name }) => name === 'per-task lookup')?.against?.utility;
  if (!lookup || lookup.low <= 0 || lookup.delta <= verdict.delta) return [];
  return [
    wrap(
      `Simpler: the best model of each task, looked up by name, gains ${pointsWithInterval(lookup)} points where queries come with their task.`,
    ),
  ];
}

function bullet(text: string): string {
  return wrap(`- ${text}`, '  ');
}
