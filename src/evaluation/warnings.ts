// What a reader of the report must be told before believing a number.
import { isMiscalibrated, type RouterCalibration } from './calibration-report.js';
import type { ArmReport, RouteReport } from './report.js';

/** Coverage below this is worth a warning. */
const ENOUGH_COVERAGE = 0.95;

/** @param calibration of the judged router, where its qualities are known */
export function reportWarnings(
  arms: readonly ArmReport[],
  routes: readonly RouteReport[],
  calibration: RouterCalibration | undefined,
): string[] {
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
    ...calibrationWarning(calibration),
  ];
}

function calibrationWarning(calibration: RouterCalibration | undefined): string[] {
  const off = calibration?.models.filter(isMiscalibrated) ?? [];
  if (!calibration || off.length === 0) return [];
  const worst = off.reduce((a, b) => (b.ece > a.ece ? b : a));
  return [
    `${calibration.router}: what it expects is off by more than 0.05 on average for ${off.length} of ${calibration.models.length} models (most for ${worst.model}: ${worst.ece.toFixed(3)}).`,
  ];
}
