// The artifact and the configuration behind a report: models with prices, routers with parameters, what does not fit together.
import type { Report } from '../evaluation/report.js';
import type { DecisionOverhead, Percentiles } from '../evaluation/setup.js';
import { count, fileSize, UNKNOWN } from './format.js';
import type { SheetSection } from './sheet.js';

export function setupSections({ setup, method }: Pick<Report, 'setup' | 'method'>): SheetSection[] {
  if (!setup) return [];
  const { quality, latency, cost } = method.objective;
  const { decisions, strays, overhead } = setup;
  const withDecisions = decisions.length > 0;
  const list = (names: readonly string[]) => names.join(', ');
  return [
    {
      title: 'Configuration',
      before: [
        `${setup.artifact}: vsr ${setup.version}, ${setup.createdAt.slice(0, 16).replace('T', ' ')} UTC, from ${setup.data.file} (SHA-256 ${setup.data.sha256.slice(0, 12)}…).`,
        `Encoder ${setup.encoder}; features ${count(setup.features)} wide; ${setup.engine ? `trained by ${setup.engine}` : 'no router trained by gradient'}. Weights: quality ${round(quality)}, latency ${round(latency)}, cost ${round(cost)}.`,
        ...decisions.map(
          ({ name, models, trainable }) =>
            `Decision ${name}: ${list(models)}${trainable ? '' : ' (nothing to route between: fewer than two of them were learned from)'}.`,
        ),
        ...(strays.unlearned.length > 0
          ? [`In the outcomes, but not in the artifact: ${list(strays.unlearned)}. Train again to route to them.`]
          : []),
        ...(strays.dataless.length > 0
          ? [`Configured, but not learned from: ${list(strays.dataless)}. Benchmark them.`]
          : []),
      ],
      table: {
        columns: [
          { head: 'model' },
          { head: '$/M in', term: 'price' },
          { head: '$/M out', term: 'price' },
          { head: 'learned from' },
          ...(withDecisions ? [{ head: 'decisions' }] : []),
        ],
        rows: setup.models.map((row) => [
          row.model,
          price(row.inputPrice),
          price(row.outputPrice),
          count(row.cells),
          ...(withDecisions ? [list(row.decisions) || UNKNOWN] : []),
        ]),
      },
      after: overhead ? [overheadSentence(overhead)] : [],
    },
  ];
}

/** For the page: every router's parameters as JSON. */
export function parameterSection({ routers }: NonNullable<Report['setup']>): SheetSection {
  return {
    title: 'Parameters of the routers',
    table: {
      columns: [{ head: 'router' }, { head: 'parameters', align: 'left' }],
      rows: routers.map(({ name, params }) => [name, JSON.stringify(params)]),
    },
  };
}

function overheadSentence({ queries, cold, embed, score, total, bytes }: DecisionOverhead): string {
  const of = ({ p50, p95, p99 }: Percentiles) => [p50, p95, p99].map(milliseconds).join(' / ');
  return `Deciding, on this machine, one query after the other (${count(queries)}; p50 / p95 / p99 in ms): embed ${of(embed)}, score ${of(score)}, together ${of(total)}; the first ${milliseconds(cold)}. The artifact takes ${fileSize(bytes)}.`;
}

function milliseconds(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}

function price(value: number | null): string {
  return value === null ? UNKNOWN : String(Number(value.toPrecision(4)));
}

function round(weight: number): string {
  return String(Number(weight.toFixed(3)));
}
