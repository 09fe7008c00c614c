// The first half of the text report: what was judged, and whether routing could pay on it.
import type { Report } from '../evaluation/report.js';
import type { Routability } from '../evaluation/routability.js';
import { dataSentence } from './data-sentence.js';
import { count, percent, perThousand, points, share, shareWithInterval } from './format.js';
import type { DrawTable } from './table.js';
import { wrap } from './wrap.js';

export function dataSection(
  report: Report,
  draw: DrawTable,
  section: (title: string, ...parts: string[]) => string,
): string[] {
  const { data, routability } = report;
  const models = draw(
    [{ head: 'model' }, { head: 'quality [95 %]' }, { head: '$ per 1,000' }, { head: 'missing' }],
    data.models.map(({ model, quality, qualityInterval, cost, missingShare }) => [
      model,
      shareWithInterval(quality, qualityInterval),
      perThousand(cost),
      percent(missingShare, 1),
    ]),
  );
  return [
    section(`Data (${data.label})`, wrap(dataSentence(report)), models),
    section('Can routing pay?', ...routabilityLines(routability).map((line) => wrap(line))),
  ];
}

export function routabilityLines(routability: Routability): string[] {
  const { pool, poolPerDollar, locality } = routability;
  const lines = [
    routability.advice,
    `On the ${count(routability.queries)} queries that baselines learn from: random ${share(routability.random)}, best single ${share(routability.bestSingle)}, per-task lookup ${share(routability.lookup)}, oracle ${share(routability.oracle)}. Knowing the task closes ${percent(routability.taskShare)} of the headroom.`,
    `One best model: ${count(routability.uniqueBest)}. One to three: ${percent(routability.fewBest)}. Every model 0: ${count(routability.allZero)}; every model alike: ${count(routability.allEqual)}.`,
    `Pool, by what each model adds: ${poolText(pool)}.`,
    ...(poolPerDollar ? [`Pool, by what each adds per dollar: ${poolText(poolPerDollar)}.`] : []),
    ...(locality
      ? [
          `Near queries agree ${points(locality.difference)} points more in their outcomes than random ones (${share(locality.near)} against ${share(locality.random)}, p ${locality.p.toFixed(3)}).`,
        ]
      : []),
  ];
  return lines;
}

/** The first five: later models hardly matter. */
function poolText(pool: Routability['pool']): string {
  return pool
    .slice(0, 5)
    .map(({ model, oracle }, i) => `${i === 0 ? '' : '+ '}${model} ${share(oracle)}`)
    .join(', ');
}
