// The analyze report for programs: vsr.report/1, all numbers, unknown ones null.
import type { Report } from '../evaluation/report.js';

/** The report as a plain value for JSON; reports of the same routers on other queries stand in `beside`. */
export function reportJson(report: Report, beside: readonly Report[] = []): Record<string, unknown> {
  return { ...report, beside: [...beside] };
}
