// The two arms of an A/B test side by side, as a section of what a deployed router earned.
import type { ArmMeasure, Experiment, MeasureName } from '../evaluation/experiment.js';
import type { Estimate } from '../evaluation/report.js';
import { count, percent, perThousand, pointsWithInterval, share, shareWithInterval } from './format.js';
import type { SheetSection } from './sheet.js';

export function experimentSection(
  { routed, default: standard, difference, measures }: Experiment,
  confidence: number,
): SheetSection {
  return {
    title: `The router against the default model, drawn at random [${percent(confidence)}]`,
    table: {
      columns: ['', 'routed', 'default', 'difference'].map((head) => ({ head })),
      rows: [
        ['requests', count(routed.requests), count(standard.requests), ''],
        ['assigned', count(routed.assigned), count(standard.assigned), ''],
        ['rated answers', count(routed.n), count(standard.n), ''],
        ['utility', share(routed.utility), share(standard.utility), pointsWithInterval(difference)],
        ...measures.map(measureRow),
      ],
    },
    after: [
      'Sessions, users or single requests were assigned by a hash, so that both arms are alike but for who answers. Utility and quality are those of rated answers: people may rate more of one kind.',
    ],
  };
}

/** quality in points, shares in per cent, dollars per 1,000 requests, milliseconds. */
function measureRow({ name, routed, default: standard, difference }: ArmMeasure): string[] {
  if (name === 'quality') {
    return [
      name,
      shareWithInterval(routed.delta, routed),
      shareWithInterval(standard.delta, standard),
      pointsWithInterval(difference),
    ];
  }
  const [head, textOf] = MEASURE_SHOWN[name];
  const shown = (value: number, sign = '') => `${value > 0 ? sign : ''}${textOf(value)}`;
  const withInterval = ({ delta, low, high }: Estimate, sign = '') =>
    `${shown(delta, sign)} [${shown(low, sign)}, ${shown(high, sign)}]`;
  return [head, withInterval(routed), withInterval(standard), withInterval(difference, '+')];
}

const MEASURE_SHOWN: Readonly<Record<Exclude<MeasureName, 'quality'>, readonly [string, (value: number) => string]>> = {
  cost: ['$ per 1,000', perThousand],
  latency: ['latency, ms', (value) => value.toFixed(0)],
  unanswered: ['unanswered, %', (value) => (100 * value).toFixed(1)],
  fallback: ['another model stepped in, %', (value) => (100 * value).toFixed(1)],
};
