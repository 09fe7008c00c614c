// Cost against quality: single models, every router's settings with their hull, random mixtures, the oracle.
import type { EChartsOption } from 'echarts';
import type { CostPoint } from '../../evaluation/cost-curve.js';
import type { CostPlane } from '../../evaluation/cost-plane.js';
import { percent, perThousand, points, share } from '../format.js';
import { axis, type Draw, FAINT, INK, LEGEND, PAPER, SERIES, SYMBOLS } from './chart.js';
import { type Figure, figureHtml } from './figure.js';
import { htmlTable } from './html-table.js';

/** Routers drawn beside one another; more could not be told apart. All stand in the table. */
const DRAWN = 6;

export function planeFigure(plane: CostPlane, judged: string, draw: Draw): string {
  const order = [...plane.routers].sort((a, b) => Number(b.name === judged) - Number(a.name === judged));
  const drawn = order.slice(0, DRAWN);
  const figure: Figure = {
    id: 'plot-plane',
    svg: draw(option(plane, drawn), { width: 900, height: 480 }),
    caption: `Each point of a router is one weight of cost against quality; lines are hulls. Mean dollars per 1,000 queries, mean quality.${order.length > DRAWN ? ` Drawn: ${DRAWN} of ${order.length} routers.` : ''}`,
    alternative: `Scatter plot of mean cost against mean quality for ${plane.models.length} single models and ${drawn.length} routers. ${sentence(plane, judged)}`,
    table: planeTable(plane),
  };
  return figureHtml(figure);
}

function sentence({ routers, bestSingle }: CostPlane, judged: string): string {
  const router = routers.find(({ name }) => name === judged) ?? routers[0];
  if (!router) return '';
  const save =
    router.costSave === null
      ? `never reaches the quality of ${bestSingle}`
      : `reaches the quality of ${bestSingle} at ${percent(1 - router.costSave)} of its cost`;
  return `${router.name} ${save}.`;
}

function option(plane: CostPlane, routers: CostPlane['routers']): EChartsOption {
  const at = ({ cost, quality }: CostPoint) => [1000 * cost, quality];
  const all = [...plane.models, ...routers.flatMap((router) => router.points), ...(plane.oracle ? [plane.oracle] : [])];
  const low = Math.min(...all.map(({ quality }) => quality));
  const high = Math.max(...all.map(({ quality }) => quality));
  return {
    legend: LEGEND,
    grid: { left: 64, right: 24, top: 56, bottom: 52 },
    xAxis: axis('dollars per 1,000 queries', { type: 'value', nameGap: 32, min: 0 }),
    yAxis: axis('quality', { type: 'value', nameGap: 44, min: floor(low), max: ceiling(high) }),
    series: [
      {
        name: 'single models',
        type: 'scatter',
        symbol: 'circle',
        symbolSize: 10,
        itemStyle: { color: PAPER, borderColor: INK, borderWidth: 2 },
        label: {
          show: true,
          position: 'right',
          color: FAINT,
          fontSize: 11,
          textBorderColor: PAPER,
          textBorderWidth: 3,
          formatter: ({ dataIndex }: { dataIndex: number }) => plane.models[dataIndex]!.model,
        },
        labelLayout: { hideOverlap: true },
        data: plane.models.map((point) => ({
          value: at(point),
          label: { position: point.cost > (plane.minCost + plane.maxCost) / 2 ? 'left' : 'right' },
        })),
      },
      {
        name: 'zero router',
        type: 'line',
        symbol: 'none',
        lineStyle: { color: FAINT, type: 'dashed', width: 2 },
        itemStyle: { color: FAINT },
        data: plane.zero.points.map(at),
      },
      ...routers.flatMap((router, r) => [
        {
          name: router.name,
          type: 'line' as const,
          symbol: 'none',
          lineStyle: { color: SERIES[r]!, width: r === 0 ? 3 : 1.5 },
          itemStyle: { color: SERIES[r]! },
          data: router.hull.map(at),
        },
        {
          name: router.name,
          type: 'scatter' as const,
          symbol: SYMBOLS[r]!,
          symbolSize: 7,
          itemStyle: { color: SERIES[r]!, opacity: 0.8 },
          data: router.points.map(at),
        },
      ]),
      ...(plane.oracle
        ? [
            {
              name: 'oracle',
              type: 'scatter' as const,
              symbol: 'diamond',
              symbolSize: 16,
              itemStyle: { color: SERIES[6] },
              data: [at(plane.oracle)],
            },
          ]
        : []),
    ],
  };
}

function planeTable({ routers, zero, models, oracle }: CostPlane): string {
  const measures = htmlTable(
    [
      { text: 'router' },
      { text: 'AIQ', term: 'aiq' },
      { text: 'over zero router', term: 'zero' },
      { text: 'best setting', term: 'gain' },
      { text: 'cost save', term: 'cost-save' },
      { text: 'quality at equal cost', term: 'equal-cost' },
      { text: 'on the frontier', term: 'pareto' },
    ],
    [
      ...routers.map((router) => [
        router.name,
        share(router.aiq),
        router.aiqOverZero === null ? '–' : points(router.aiqOverZero),
        router.perfGain === null ? '–' : `${points(router.perfGain)} %`,
        percent(router.costSave),
        share(router.qualityAtEqualCost),
        percent(router.paretoRatio),
      ]),
      ['zero router', share(zero.aiq), '0.0', '–', '–', '–', '–'],
    ],
    { caption: 'What the curves come to' },
  );
  const list = [
    ...models.map((point) => [point.model, '', perThousand(point.cost), share(point.quality)]),
    ...(oracle ? [['oracle', '', perThousand(oracle.cost), share(oracle.quality)]] : []),
    ...routers.flatMap(({ name, points: settings }) =>
      settings.map(({ lambda, threshold, cost, quality }) => [
        name,
        (threshold === undefined ? lambda : threshold)?.toPrecision(3) ?? '∞',
        perThousand(cost),
        share(quality),
      ]),
    ),
  ];
  const all = htmlTable(
    [
      { text: '' },
      { text: 'λ, quality per dollar, or threshold', term: 'setting' },
      { text: '$ per 1,000', term: 'cost' },
      { text: 'quality', term: 'quality' },
    ],
    list,
    { caption: 'All points' },
  );
  return `${measures}\n${all}`;
}

function floor(value: number): number {
  return Math.max(0, Math.floor(20 * value - 0.2) / 20);
}

function ceiling(value: number): number {
  return Math.min(1, Math.ceil(20 * value + 0.2) / 20);
}
