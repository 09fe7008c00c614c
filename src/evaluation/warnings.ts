// What a reader of the report must be told before believing a number.
import type { ArmReport, RouteReport } from './report.js';

/** Coverage below this is worth a warning. */
const ENOUGH_COVERAGE = 0.95;

export function reportWarnings(arms: readonly ArmReport[], routes: readonly RouteReport[]): string[] {
  const thin = arms.filter(({ kind, coverage }) => kind === 'router' && coverage < ENOUGH_COVERAGE);
  const collapsed = routes.filter((route) => route.collapsed);
  return [
    ...thin.map(
      ({ name, coverage }) =>
        `${name} chose a missing cell for ${Math.round(100 * (1 - coverage))} % of the queries: its means leave them out.`,
    ),
    ...collapsed.map(({ router, models }) => {
      const most = models.reduce((a, b) => (b.share > a.share ? b : a));
      return `${router} has collapsed: ${most.model} gets ${(100 * most.share).toFixed(1)} % of the queries.`;
    }),
  ];
}
