// The parts of the page that are words and tables: verdict, data, routability, comparison, decisions.
import type { Report } from '../../evaluation/report.js';
import { dataSentence } from '../data-sentence.js';
import {
  count,
  percent,
  perThousand,
  points,
  pointsWithInterval,
  pValue,
  share,
  shareWithInterval,
  UNKNOWN,
} from '../format.js';
import { cut, escapeHtml } from './escape.js';
import { defined } from './glossary.js';
import { htmlTable } from './html-table.js';

export function verdictSection({ verdict, data, method, arms }: Report, more: readonly string[]): string {
  const withUtility = method.objective.quality < 1;
  const gain = `${points(verdict.delta)} [${points(verdict.interval.low)}, ${points(verdict.interval.high)}]`;
  const router = arms.find(({ name }) => name === verdict.router);
  const facts = [
    [gain, `points of ${withUtility ? 'utility' : 'quality'} over ${verdict.model}`, 'interval'],
    [count(verdict.n), `queries judged (${data.label})`, 'answered'],
    costFact(verdict.saving),
    [router ? percent(router.headroomClosed) : UNKNOWN, 'of the way to the oracle', 'headroom'],
  ] as const;
  return `<section id="verdict" class="verdict ${verdict.kind}">
<p><strong>${escapeHtml(verdict.sentence)}</strong></p>
${more.map((text) => `<p class="more">${escapeHtml(text)}</p>`).join('\n')}
</section>
<ul class="facts">
${facts.map(([value, text, term]) => `<li><b>${escapeHtml(value)}</b><span>${defined(text, term)}</span></li>`).join('\n')}
</ul>`;
}

function costFact(saving: number | null): readonly [string, string, string] {
  if (saving === null) return [UNKNOWN, 'saved against the best single model', 'cost'];
  return saving < 0
    ? [percent(-saving), 'more spent than by the best single model', 'cost']
    : [percent(saving), 'saved against the best single model', 'cost'];
}

export function dataPart({ data }: Pick<Report, 'data'>): string {
  return `<p>${escapeHtml(`${dataSentence({ data })} Baselines learned on ${count(data.learnedOn)}.`)}</p>
${htmlTable(
  [
    { text: 'model' },
    { text: 'quality', term: 'quality' },
    { text: '$ per 1,000', term: 'cost' },
    { text: 'latency, ms', term: 'latency' },
    { text: 'missing', term: 'missing' },
  ],
  data.models.map((row) => [
    row.model,
    { text: shareWithInterval(row.quality, row.qualityInterval), value: row.quality },
    { text: perThousand(row.cost), value: row.cost },
    { text: row.latency === null ? UNKNOWN : row.latency.toFixed(0), value: row.latency },
    { text: percent(row.missingShare, 1), value: row.missingShare },
  ]),
  { caption: `Single models on the judged queries (${data.label})`, sortable: true },
)}`;
}

export function routabilityPart({ routability: r }: Report): string {
  const pool = (steps: typeof r.pool, caption: string) =>
    htmlTable(
      [{ text: 'model added' }, { text: 'oracle of the pool', term: 'oracle' }],
      steps.map(({ model, oracle }) => [model, share(oracle)]),
      { caption },
    );
  return `<p>${escapeHtml(r.advice)}</p>
<ul class="facts">
${[
  [share(r.random), 'random', 'random'],
  [share(r.bestSingle), 'best single', 'best-single'],
  [share(r.lookup), 'per-task lookup', 'lookup'],
  [share(r.oracle), 'oracle', 'oracle'],
  [percent(r.taskShare), 'of the headroom by the task alone', 'task-share'],
  [count(r.uniqueBest), 'queries with one best model', 'unique-best'],
  ...(r.locality
    ? [[points(r.locality.difference), `points of locality (p ${r.locality.p.toFixed(3)})`, 'locality']]
    : []),
]
  .map(([value, text, term]) => `<li><b>${escapeHtml(value!)}</b><span>${defined(text!, term!)}</span></li>`)
  .join('\n')}
</ul>
<p>${escapeHtml(`${count(r.queries)} queries; on ${count(r.allZero)} every model fails, on ${count(r.allEqual)} all are alike, on ${percent(r.fewBest)} one to three are best.`)}</p>
<details><summary>Which models are worth having (${defined('pool', 'pool')})</summary>
${pool(r.pool, 'By what each adds')}
${r.poolPerDollar ? pool(r.poolPerDollar, 'By what each adds per dollar') : ''}
</details>`;
}

export function comparisonPart(report: Report): string {
  const { arms, method, verdict, routes } = report;
  const withUtility = method.objective.quality < 1;
  const entropy = new Map(routes.map(({ router, entropyBits }) => [router, entropyBits]));
  const heads = [
    { text: '' },
    ...(withUtility ? [{ text: 'utility', term: 'utility' }] : []),
    { text: 'quality', term: 'quality' },
    { text: 'by task', term: 'by-task' },
    { text: '$ per 1,000', term: 'cost' },
    { text: 'regret', term: 'regret' },
    { text: 'hit', term: 'hit' },
    { text: `Δ ${withUtility ? 'utility' : 'quality'}`, term: 'interval' },
    { text: 'p (Holm)', term: 'holm' },
    { text: 'win', term: 'win-tie-loss' },
    { text: 'tie', term: 'win-tie-loss' },
    { text: 'loss', term: 'win-tie-loss' },
    { text: 'headroom closed', term: 'headroom' },
    { text: 'answered', term: 'answered' },
    { text: 'bits', term: 'entropy' },
  ];
  const rows = arms.map((arm) => {
    const against = arm.against;
    return [
      { text: arm.kind === 'bound' ? `${arm.name} (out of reach)` : arm.name },
      ...(withUtility ? [{ text: share(arm.utility), value: arm.utility }] : []),
      { text: shareWithInterval(arm.quality, arm.qualityInterval), value: arm.quality },
      { text: share(arm.qualityMacro), value: arm.qualityMacro },
      { text: perThousand(arm.cost), value: arm.cost },
      { text: share(arm.regret?.mean), value: arm.regret?.mean ?? null },
      { text: share(arm.hit), value: arm.hit },
      { text: against ? pointsWithInterval(against.utility) : UNKNOWN, value: against?.utility.delta ?? null },
      { text: pValue(against?.pHolm), value: against?.pHolm ?? null },
      ...(['win', 'tie', 'loss'] as const).map((which) => ({
        text: against ? count(against.winTieLoss[which]) : UNKNOWN,
        value: against?.winTieLoss[which] ?? null,
      })),
      { text: percent(arm.headroomClosed, 1), value: arm.headroomClosed },
      { text: percent(arm.coverage), value: arm.coverage },
      { text: entropy.get(arm.name)?.toFixed(2) ?? UNKNOWN, value: entropy.get(arm.name) ?? null },
    ];
  });
  const singles = arms.flatMap(({ name, model }) => (model === null ? [] : [`${name} = ${model}`]));
  return `${htmlTable(heads, rows, {
    caption: `Differences are to ${verdict.model} alone, in points, with ${percent(method.confidence)} intervals`,
    sortable: true,
    strong: (r) => arms[r]!.name === verdict.router,
  })}
<p>${escapeHtml(singles.join('; '))}.</p>`;
}

/** Characters of a query shown before it must be opened, and in all. */
const PREVIEW = 160;
const SHOWN = 2000;

export function decisionsPart({ decisions, verdict }: Report): string {
  if (decisions.length === 0) return `<p>${escapeHtml(verdict.router)} lost nothing on any query.</p>`;
  const options = (values: readonly string[]) =>
    [
      '<option value="">all</option>',
      ...[...new Set(values)].sort().map((v) => `<option>${escapeHtml(v)}</option>`),
    ].join('');
  const rows = decisions.map((decision, i) => [
    { text: String(i + 1), value: i + 1 },
    { text: decision.query, html: queryHtml(decision.query) },
    { text: decision.task || '(no task)' },
    { text: decision.chosen },
    { text: share(decision.chosenQuality), value: decision.chosenQuality },
    { text: decision.best },
    { text: share(decision.bestQuality), value: decision.bestQuality },
    { text: share(decision.regret), value: decision.regret },
    {
      text: decision.expected
        ? `${share(decision.expected[decision.chosen])} / ${share(decision.expected[decision.best])}`
        : UNKNOWN,
    },
  ]);
  return `<p>The ${count(decisions.length)} decisions of ${escapeHtml(verdict.router)} that cost most. Expected: the quality it foresaw of the model it chose and of the best one.</p>
<div class="filters">
<label>Text <input id="filter-text" type="search" autocomplete="off"></label>
<label>Task <select id="filter-task">${options(decisions.map(({ task }) => task || '(no task)'))}</select></label>
<label>Chosen <select id="filter-model">${options(decisions.map(({ chosen }) => chosen))}</select></label>
<output id="filter-count" aria-live="polite"></output>
<button id="filter-all" type="button" hidden>Show all</button>
</div>
${htmlTable(
  [
    { text: '#' },
    { text: 'query', align: 'left' },
    { text: 'task', align: 'left' },
    { text: 'chosen', align: 'left' },
    { text: 'quality', term: 'quality' },
    { text: 'best', align: 'left' },
    { text: 'its quality', term: 'quality' },
    { text: 'regret', term: 'regret' },
    { text: 'expected' },
  ],
  rows,
  { caption: 'Largest regrets first', sortable: true, id: 'decision-table' },
)}`;
}

function queryHtml(query: string): string {
  const text = escapeHtml(cut(query, SHOWN));
  if (query.length <= PREVIEW) return `<bdi class="query">${text}</bdi>`;
  const preview = escapeHtml(query.slice(0, PREVIEW).replace(/\s+/g, ' '));
  return `<details class="query"><summary><bdi>${preview} …</bdi></summary><bdi>${text}</bdi></details>`;
}
