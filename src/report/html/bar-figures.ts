// Bars with their intervals: what a router gains per task, and where it sends queries.
import type { Report } from '../../evaluation/report.js';
import { count, percent, points, pointsWithInterval, share } from '../format.js';
import { axis, type Draw, FAINT, INK, lyingBars, SERIES } from './chart.js';
import { figureHtml } from './figure.js';
import { htmlTable } from './html-table.js';

export function taskFigure(report: Report, draw: Draw): string {
  const known = report.tasks.flatMap((task) => (task.difference ? [{ ...task, difference: task.difference }] : []));
  const sorted = [...known].sort((a, b) => a.difference.delta - b.difference.delta);
  const what = report.method.objective.quality < 1 ? 'utility' : 'quality';
  const best = sorted.at(-1);
  const worst = sorted[0];
  return figureHtml({
    id: 'plot-tasks',
    svg: draw(
      {
        grid: { left: 150, right: 32, top: 12, bottom: 48 },
        xAxis: axis(`${report.verdict.router} minus ${report.verdict.model}, points of ${what}`, {
          type: 'value',
          nameGap: 30,
        }),
        yAxis: axis('', { type: 'category', data: sorted.map(({ task }) => label(task)), splitLine: { show: false } }),
        series: [
          {
            type: 'bar',
            barMaxWidth: 18,
            data: sorted.map(({ difference }) => ({
              value: 100 * difference.delta,
              itemStyle: { color: difference.delta >= 0 ? SERIES[0] : SERIES[1] },
            })),
          },
          {
            type: 'custom',
            z: 5,
            data: sorted.map(({ difference }, i) => [100 * difference.low, 100 * difference.high, i]),
            encode: { x: [0, 1], y: 2 },
            renderItem: (_, api) => {
              const [left, y] = api.coord([api.value(0), api.value(2)]) as [number, number];
              const [right] = api.coord([api.value(1), api.value(2)]) as [number, number];
              return {
                type: 'path',
                shape: {
                  pathData: `M${left},${y}L${right},${y}M${left},${y - 5}L${left},${y + 5}M${right},${y - 5}L${right},${y + 5}`,
                },
                style: { stroke: INK, lineWidth: 1.5, fill: 'none' },
              };
            },
          },
        ],
      },
      { width: 900, height: 80 + 28 * sorted.length },
    ),
    caption: `Difference to the best single model per task; whiskers: ${percent(report.method.confidence)} intervals. Tasks with few queries have wide ones.`,
    alternative:
      best && worst
        ? `Bar chart of the difference per task. Largest gain: ${label(best.task)}, ${points(best.difference.delta)} points; least: ${label(worst.task)}, ${points(worst.difference.delta)} points.`
        : 'Bar chart without bars: no task could be compared.',
    table: htmlTable(
      [
        { text: 'task' },
        { text: 'queries' },
        { text: 'best single', term: 'best-single' },
        { text: 'lookup', term: 'lookup' },
        { text: 'router', term: 'quality' },
        { text: 'oracle', term: 'oracle' },
        { text: `Δ ${what}`, term: 'points' },
      ],
      report.tasks.map((task) => [
        label(task.task),
        { text: count(task.n), value: task.n },
        share(task.bestSingle),
        share(task.lookup),
        share(task.router),
        share(task.oracle),
        { text: pointsWithInterval(task.difference), value: task.difference?.delta ?? null },
      ]),
      { caption: 'Mean qualities and differences per task', sortable: true },
    ),
  });
}

export function routeFigure(report: Report, draw: Draw): string {
  const route = report.routes.find(({ judged }) => judged) ?? report.routes[0]!;
  const models = [...route.models].sort((a, b) => a.share - b.share);
  const top = models.at(-1);
  return figureHtml({
    id: 'plot-routes',
    svg: draw(
      lyingBars(
        models.map(({ model }) => model),
        'share of queries, %',
        [
          { name: 'sent there', color: SERIES[0], values: models.map((row) => 100 * row.share) },
          { name: 'is the cheapest of the best', color: FAINT, values: models.map(({ best }) => 100 * best) },
        ],
        14,
      ),
      { width: 900, height: 90 + 38 * models.length },
    ),
    caption: `Where ${route.router} sends queries, and where they would be answered best for least. Entropy ${route.entropyBits.toFixed(2)} bits.`,
    defines: { Entropy: 'entropy' },
    alternative: top
      ? `Bar chart of the share of queries per model. Most go to ${top.model}: ${percent(top.share)}.`
      : 'Bar chart without models.',
    table: `${routesTable(report)}\n${confusionTable(route)}`,
  });
}

function routesTable({ routes }: Report): string {
  const models = routes[0]!.models;
  return htmlTable(
    [
      { text: 'model' },
      { text: 'is best', term: 'hit' },
      ...routes.map(({ router }) => ({ text: router })),
      { text: 'quality there', term: 'quality' },
      { text: 'best single there', term: 'best-single' },
    ],
    models.map((row, m) => {
      const judged = (routes.find((route) => route.judged) ?? routes[0]!).models[m]!;
      return [
        row.model,
        percent(row.best, 1),
        ...routes.map((route) => percent(route.models[m]!.share, 1)),
        share(judged.quality),
        share(judged.bestSingleThere),
      ];
    }),
    { caption: 'Shares of every router; qualities of the judged one', sortable: true },
  );
}

function confusionTable({ models, confusion }: Report['routes'][number]): string {
  return htmlTable(
    [{ text: 'chosen ↓ best →' }, ...models.map(({ model }) => ({ text: model }))],
    confusion.map((row, m) => [models[m]!.model, ...row.map(count)]),
    { caption: 'Queries by chosen model and by the cheapest of their best models' },
  );
}

function label(task: string): string {
  return task || '(no task)';
}
