// Curves and bars of three further plots: learning, few votes of a person, and latency.
import type { LatencyReport } from '../../evaluation/latency.js';
import type { CurveStep } from '../../evaluation/learning-curve.js';
import type { PeopleReport } from '../../evaluation/people-evaluation.js';
import { curveSection, latencySection } from '../curve-section.js';
import { points, share } from '../format.js';
import { peopleSections } from '../people-section.js';
import { axis, type Draw, FAINT, LEGEND, lyingBars, SERIES, SYMBOLS } from './chart.js';
import { figureHtml } from './figure.js';
import { sectionHtml } from './html-sheet.js';

type Line = { readonly name: string; readonly data: readonly (readonly [number | string, number])[] };

/** @param what utility or quality */
export function learningFigure(
  curve: { readonly label: string; readonly steps: readonly CurveStep[] },
  what: string,
  draw: Draw,
): string {
  const { steps, label } = curve;
  const line = (name: string, of: (step: CurveStep) => number | null | undefined): Line => ({
    name,
    data: steps.flatMap((step) => {
      const value = of(step);
      return value == null ? [] : [[step.learned, value] as const];
    }),
  });
  const lines = [
    line('best single', (step) => step.bestSingle.utility),
    line('per-task lookup', (step) => step.lookup.utility),
    line('nearest queries', (step) => step.knn?.utility),
  ].filter(({ data }) => data.length > 0);
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const grown = (of: (step: CurveStep) => number | null | undefined) => points((of(last) ?? 0) - (of(first) ?? 0));
  return figureHtml({
    id: 'plot-learning',
    svg: draw(lineOption(lines, 'queries learned from', `${what}, ${label}`, 'value'), { width: 900, height: 360 }),
    caption: `Mean ${what} of simple routing by how many queries it learned from (${label}). A curve that still rises says that more queries would teach more.`,
    alternative: `Line chart: from ${first.learned} to ${last.learned} queries the per-task lookup grows by ${grown((step) => step.lookup.utility)} points of ${what}${last.knn ? `, nearest queries by ${grown((step) => step.knn?.utility)}` : ''}.`,
    table: sectionHtml(curveSection(curve, what)),
  });
}

/** '' where nobody was shown a growing past. */
export function fewShotFigure(people: PeopleReport, draw: Draw): string {
  const [, , table] = peopleSections({ people });
  const lines = people.scorers.flatMap(({ name, fewShot }): Line[] => {
    const data = fewShot.flatMap(({ votes, accuracy }) => (accuracy === null ? [] : [[votes, accuracy] as const]));
    return data.length > 0 ? [{ name, data }] : [];
  });
  if (!table || lines.length === 0) return '';
  const everybody = people.scorers[0]!;
  return figureHtml({
    id: 'plot-few-votes',
    svg: draw(lineOption(lines, 'own earlier votes shown', 'accuracy', 'category'), { width: 900, height: 340 }),
    caption: `Accuracy on held-out people's votes by how many of their own earlier votes were shown; the ${everybody.name} reaches ${share(everybody.accuracy)}.`,
    alternative: `Line chart: ${lines.map(({ name, data }) => `${name} from ${share(data[0]![1])} to ${share(data.at(-1)![1])}`).join('; ')}.`,
    table: sectionHtml(table),
  });
}

export function latencyFigure(latency: LatencyReport, draw: Draw): string {
  const rows = [...latency.models, ...latency.arms].toSorted((a, b) => b.p50 - a.p50);
  const fastest = rows.at(-1)!;
  return figureHtml({
    id: 'plot-latency',
    svg: draw(
      lyingBars(
        rows.map(({ name }) => name),
        'milliseconds',
        [
          { name: 'median', color: SERIES[0], values: rows.map(({ p50 }) => p50) },
          { name: '95th percentile', color: FAINT, values: rows.map(({ p95 }) => p95) },
        ],
        12,
      ),
      { width: 900, height: 90 + 36 * rows.length },
    ),
    caption:
      'How long answers take: of every model on the judged queries, and of what the best single model and the routers chose.',
    alternative: `Bar chart of latencies. Least median: ${fastest.name}, ${fastest.p50.toFixed(0)} ms; greatest: ${rows[0]!.name}, ${rows[0]!.p50.toFixed(0)} ms.`,
    table: sectionHtml(latencySection(latency)),
  });
}

function lineOption(lines: readonly Line[], x: string, y: string, type: 'value' | 'category') {
  const values = lines.flatMap(({ data }) => data.map(([, value]) => value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(0.01, (high - low) / 5);
  const bound = (value: number) => Number(value.toFixed(2));
  return {
    legend: LEGEND,
    grid: { left: 64, right: 32, top: 40, bottom: 48 },
    xAxis: axis(x, { type, nameGap: 30, ...(type === 'value' && { min: 0 }) }),
    yAxis: axis(y, {
      type: 'value',
      nameGap: 44,
      min: Math.max(0, bound(low - room)),
      max: Math.min(1, bound(high + room)),
    }),
    series: lines.map(({ name, data }, k) => ({
      name,
      type: 'line' as const,
      symbol: SYMBOLS[k % SYMBOLS.length]!,
      symbolSize: 9,
      lineStyle: { color: SERIES[k % SERIES.length]!, width: 2 },
      itemStyle: { color: SERIES[k % SERIES.length]! },
      data: data.map(([at, value]) => [at, value]),
    })),
  };
}
