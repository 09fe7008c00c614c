// The report as one page: no network, no second file; light and dark, on a phone and on paper.
import type { PeopleReport } from '../../evaluation/people-evaluation.js';
import type { Report } from '../../evaluation/report.js';
import { objectiveName } from '../format.js';
import { otherMeasuresSection, rankingSection, seedsSection } from '../measure-sections.js';
import { peopleSections, personTable } from '../people-section.js';
import { parameterSection, setupSections } from '../setup-section.js';
import { carriedBySentence, lookupSentence, recommendationSentence } from '../verdict-notes.js';
import { routeFigure, taskFigure } from './bar-figures.js';
import { calibrationFigure } from './calibration-figure.js';
import { type Draw, svgDrawer } from './chart.js';
import { escapeHtml } from './escape.js';
import { glossary } from './glossary.js';
import { sectionHtml } from './html-sheet.js';
import { fewShotFigure, latencyFigure, learningFigure } from './line-figures.js';
import { page } from './page.js';
import { planeFigure } from './plane-figure.js';
import { comparisonPart, dataPart, decisionsPart, routabilityPart, verdictSection } from './sections.js';

interface Part {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/** @param beside reports of the same routers on other queries */
export function renderHtml(report: Report, beside: readonly Report[] = []): string {
  const draw = svgDrawer();
  const judgedCalibration =
    report.calibration.find(({ router }) => router === report.verdict.router) ?? report.calibration[0];
  const parts: Part[] = [
    { id: 'comparison', title: 'Baselines and routers', html: comparisonPart(report) },
    ...(report.plane
      ? [{ id: 'plane', title: 'Cost and quality', html: planeFigure(report.plane, report.verdict.router, draw) }]
      : []),
    ...(report.tasks.length > 1 ? [{ id: 'tasks', title: 'By task', html: taskFigure(report, draw) }] : []),
    { id: 'routes', title: 'Where queries go', html: routeFigure(report, draw) },
    ...(judgedCalibration
      ? [{ id: 'calibration', title: 'Calibration', html: calibrationFigure(judgedCalibration, draw) }]
      : []),
    ...[rankingSection(report), otherMeasuresSection(report), ...seedsSection(report)].map((section, i) => ({
      id: `measures-${i + 1}`,
      title: section.title,
      html: sectionHtml(section),
    })),
    ...(report.learningCurve
      ? [
          {
            id: 'learning',
            title: 'Learning curve',
            html: learningFigure(report.learningCurve, objectiveName(report), draw),
          },
        ]
      : []),
    {
      id: 'latency',
      title: 'Latency',
      html: report.latency
        ? latencyFigure(report.latency, draw)
        : '<p>No latency was recorded: the outcomes hold no <code>latency</code>, which <code>vsr benchmark</code> writes.</p>',
    },
    ...(report.people ? [{ id: 'people', title: 'People', html: peoplePart(report.people, draw) }] : []),
    { id: 'decisions', title: 'Decisions', html: decisionsPart(report) },
    { id: 'routability', title: 'Can routing pay?', html: routabilityPart(report) },
    { id: 'data', title: 'Data', html: dataPart(report) },
    ...beside.map((other, i) => ({
      id: `beside-${i + 1}`,
      title: `Beside it: ${other.data.label}`,
      html: `<p>${escapeHtml(other.verdict.sentence)}</p>\n${comparisonPart(other)}`,
    })),
    ...(report.setup ? [{ id: 'setup', title: 'Configuration', html: setupPart(report, report.setup) }] : []),
    { id: 'method', title: 'Method', html: list(report.method.sentences) },
    { id: 'terms', title: 'What the words mean', html: glossary() },
  ];
  const more = [...carriedBySentence(report), ...lookupSentence(report), ...recommendationSentence(report)];
  return page(
    'Should these queries be routed?',
    `${verdictSection(report, more)}
${report.warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>`).join('\n')}
<nav aria-label="Sections"><ul>${parts.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`).join('')}</ul></nav>
${parts.map(({ id, title, html }) => `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>\n${html}\n</section>`).join('\n')}`,
    `${report.schema}, seed ${report.method.seed}. The same numbers for programs: vsr analyze --json.`,
    'comparison',
  );
}

function peoplePart(people: PeopleReport, draw: Draw): string {
  const [summary, perPerson] = peopleSections({ people });
  return `${sectionHtml(summary!)}
<h3>${perPerson!.title}</h3>
${sectionHtml(perPerson!)}
${fewShotFigure(people, draw)}
<details><summary>Person by person</summary>
${sectionHtml(personTable(people))}
</details>`;
}

function setupPart(report: Report, setup: NonNullable<Report['setup']>): string {
  return `${setupSections(report).map(sectionHtml).join('\n')}
<details><summary>Parameters of the routers</summary>
${sectionHtml(parameterSection(setup))}
</details>`;
}

function list(sentences: readonly string[]): string {
  return `<ul>${sentences.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n')}</ul>`;
}
