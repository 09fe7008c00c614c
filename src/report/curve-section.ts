// How simple routing grows with what it learns from, and how long answers take, as sections.
import type { LatencyReport } from '../evaluation/latency.js';
import type { CurveStep } from '../evaluation/learning-curve.js';
import { count, percent, pointsWithInterval, share, UNKNOWN } from './format.js';
import type { SheetSection } from './sheet.js';

export function curveTable(steps: readonly CurveStep[]): NonNullable<SheetSection['table']> {
  return {
    columns: [
      { head: 'learned from' },
      { head: 'single', term: 'best-single' },
      { head: 'lookup', term: 'lookup' },
      { head: 'nearest', term: 'nearest' },
      { head: 'lookup, Δ', term: 'interval' },
      { head: 'nearest, Δ', term: 'interval' },
    ],
    rows: steps.map((step) => [
      `${percent(step.share)}: ${count(step.learned)}`,
      share(step.bestSingle.utility),
      share(step.lookup.utility),
      share(step.knn?.utility),
      pointsWithInterval(step.lookup.difference),
      step.knn ? pointsWithInterval(step.knn.difference) : UNKNOWN,
    ]),
  };
}

export const CURVE_LEGEND =
  'single: the best single model of the rows learned from; lookup: the best model of each task; nearest: what was best on the nearest queries; Δ: against single.';

export function curveSection(
  { label, steps }: { readonly label: string; readonly steps: readonly CurveStep[] },
  what: string,
): SheetSection {
  return {
    title: `Learning curve of simple routing, ${what} on ${label}`,
    table: curveTable(steps),
    after: [CURVE_LEGEND],
  };
}

export function latencySection({ models, arms }: LatencyReport): SheetSection {
  return {
    title: 'How long answers take, in milliseconds',
    table: {
      columns: [
        { head: '' },
        { head: 'answers' },
        { head: 'mean', term: 'latency' },
        ...['p50', 'p95', 'p99'].map((head) => ({ head, term: 'percentile' })),
      ],
      rows: [...models, ...arms].map(({ name, n, mean, p50, p95, p99 }) => [
        name,
        count(n),
        ...[mean, p50, p95, p99].map((value) => value.toFixed(0)),
      ]),
    },
    after: [
      'Recorded latencies of the judged queries: of every model, then of what the best single model and routers chose.',
    ],
  };
}
