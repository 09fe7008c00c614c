// Expected against found quality, per bin: on the diagonal, a router's numbers mean what they say.
import type { RouterCalibration } from '../../evaluation/calibration-report.js';
import { count, share } from '../format.js';
import { axis, type Draw, FAINT, LEGEND, SERIES, SYMBOLS } from './chart.js';
import { figureHtml } from './figure.js';
import { htmlTable } from './html-table.js';

const DRAWN = 6;

/** Of one router, model by model. */
export function calibrationFigure({ router, ece, models }: RouterCalibration, draw: Draw): string {
  const drawn = [...models].sort((a, b) => b.n - a.n).slice(0, DRAWN);
  const worst = [...models].sort((a, b) => b.ece - a.ece)[0]!;
  return figureHtml({
    id: 'plot-calibration',
    svg: draw(
      {
        legend: LEGEND,
        grid: { left: 56, right: 24, top: 64, bottom: 48 },
        xAxis: axis('expected quality', { type: 'value', min: 0, max: 1, nameGap: 30 }),
        yAxis: axis('quality found', { type: 'value', min: 0, max: 1, nameGap: 36 }),
        series: [
          {
            name: 'as expected',
            type: 'line',
            symbol: 'none',
            lineStyle: { color: FAINT, type: 'dashed' },
            itemStyle: { color: FAINT },
            data: [
              [0, 0],
              [1, 1],
            ],
          },
          ...drawn.map(({ model, bins }, m) => ({
            name: model,
            type: 'line' as const,
            symbol: SYMBOLS[m]!,
            symbolSize: 7,
            lineStyle: { color: SERIES[m]!, width: 1.5 },
            itemStyle: { color: SERIES[m]! },
            data: bins.flatMap(({ predicted, observed }) =>
              predicted === null || observed === null ? [] : [[predicted, observed]],
            ),
          })),
        ],
      },
      { width: 900, height: 460 },
    ),
    caption: `Reliability of ${router}: each point is one of ten bins of expected quality. Calibration error over all models ${share(ece)}.`,
    defines: { 'Calibration error': 'ece' },
    alternative: `Reliability plot of ${router}: calibration error ${share(ece)} over all models, largest for ${worst.model} with ${share(worst.ece)}.`,
    table: `${summary(models)}\n${bins(models)}`,
  });
}

function summary(models: RouterCalibration['models']): string {
  return htmlTable(
    [
      { text: 'model' },
      { text: 'cells', term: 'cells' },
      { text: 'ECE', term: 'ece' },
      { text: 'ECE, equal mass', term: 'ece' },
      { text: 'Brier', term: 'brier' },
      { text: 'log loss', term: 'log-loss' },
    ],
    models.map((row) => [
      row.model,
      count(row.n),
      share(row.ece),
      share(row.eceMass),
      share(row.brier),
      share(row.logLoss),
    ]),
    { caption: 'Calibration per model', sortable: true },
  );
}

function bins(models: RouterCalibration['models']): string {
  return htmlTable(
    [
      { text: 'model' },
      { text: 'bin', term: 'bin' },
      { text: 'cells', term: 'cells' },
      { text: 'expected', term: 'bin' },
      { text: 'found', term: 'bin' },
    ],
    models.flatMap(({ model, bins: all }) =>
      all.flatMap(({ n, predicted, observed }, b) =>
        n === 0 ? [] : [[model, `${b / 10}–${(b + 1) / 10}`, count(n), share(predicted), share(observed)]],
      ),
    ),
    { caption: 'Bins' },
  );
}
