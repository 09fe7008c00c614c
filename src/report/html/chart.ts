// Plots as SVG text, drawn by ECharts without a browser; colours are the page's own, so that they follow light and dark.
import { createRequire } from 'node:module';
import type { EChartsOption } from 'echarts';

/** Colours that ECharts may mix with nothing: stand-ins, replaced by the page's variables after drawing. */
export const INK = '#010101';
export const FAINT = '#020202';
export const LINE = '#030303';
export const PAPER = '#040404';
/** Told apart by colour-blind readers too (Okabe and Ito); shapes differ as well. */
export const SERIES = ['#100001', '#100002', '#100003', '#100004', '#100005', '#100006', '#100007'] as const;
export const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow'] as const;

const VARIABLES: Readonly<Record<string, string>> = {
  [INK]: 'var(--ink)',
  [FAINT]: 'var(--faint)',
  [LINE]: 'var(--line)',
  [PAPER]: 'var(--paper)',
  [SERIES[0]]: 'var(--blue)',
  [SERIES[1]]: 'var(--orange)',
  [SERIES[2]]: 'var(--green)',
  [SERIES[3]]: 'var(--pink)',
  [SERIES[4]]: 'var(--sky)',
  [SERIES[5]]: 'var(--red)',
  [SERIES[6]]: 'var(--grey)',
};

export type Draw = (option: EChartsOption, size: { readonly width: number; readonly height: number }) => string;

/** Loads ECharts, hence only for a page: the form that is required is one file, where the imported one is six hundred. */
export function svgDrawer(): Draw {
  const echarts: typeof import('echarts') = createRequire(import.meta.url)('echarts');
  echarts.setPlatformAPI({ measureText: widestText });
  return (option, { width, height }) => {
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'system-ui, sans-serif', color: INK, fontSize: 13 },
      ...option,
    });
    const svg = chart.renderToSVGString({ useViewBox: true });
    chart.dispose();
    return inPageColours(svg);
  };
}

/** Without a browser nobody knows the reader's font: room is kept for a wide one, so that legends do not run into each other. */
function widestText(text: string, font = '13px'): { width: number } {
  const size = Number(/(\d+(?:\.\d+)?)px/.exec(font)?.[1] ?? 13);
  return { width: 0.62 * size * text.length };
}

/** ECharts writes colours as #rrggbb or rgb(r,g,b); scripts and styles that it adds for hovering are dropped. */
function inPageColours(svg: string): string {
  let text = svg.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<rect[^>]*fill="none"[^>]*><\/rect>/g, '');
  for (const [stand, variable] of Object.entries(VARIABLES)) {
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(stand.slice(at, at + 2), 16));
    text = text.replaceAll(stand, variable).replaceAll(`rgb(${r},${g},${b})`, variable);
  }
  return text;
}

export const LEGEND = { top: 0, itemGap: 14, textStyle: { color: INK } };

/** The look that all axes share. */
export function axis(name: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: FAINT, fontSize: 13 },
    axisLine: { show: true, lineStyle: { color: LINE } },
    axisTick: { lineStyle: { color: LINE } },
    axisLabel: { color: FAINT },
    splitLine: { lineStyle: { color: LINE, opacity: 0.5 } },
    ...extra,
  };
}

export interface BarSeries {
  readonly name: string;
  readonly color: string;
  /** One a row, the lowest row first. */
  readonly values: readonly number[];
}

/** Lying bars, side by side in every row; room for long names on their left. @param names of the rows, the lowest first */
export function lyingBars(
  names: readonly string[],
  what: string,
  bars: readonly BarSeries[],
  barMaxWidth: number,
): EChartsOption {
  return {
    legend: LEGEND,
    grid: { left: 210, right: 40, top: 36, bottom: 48 },
    xAxis: axis(what, { type: 'value', nameGap: 30 }),
    yAxis: axis('', { type: 'category', data: names, splitLine: { show: false } }),
    series: bars.map(({ name, color, values }) => ({
      name,
      type: 'bar' as const,
      barMaxWidth,
      itemStyle: { color },
      data: [...values],
    })),
  };
}
