// The diagnosis of outcomes alone, as a page.
import type { Diagnosis } from '../evaluation/diagnosis.js';
import type { CurveStep, StepEarned } from '../evaluation/learning-curve.js';
import { CURVE_LEGEND, curveTable } from './curve-section.js';
import { routabilityLines } from './data-section.js';
import { dataSentence } from './data-sentence.js';
import { count, percent, perThousand, points, shareWithInterval } from './format.js';
import type { Sheet } from './sheet.js';

const MOODS = { train: 'good', inconclusive: 'unsure', 'do-not-train': 'bad' } as const;

export function diagnosisSheet({ verdict, warnings, data, routability, curve, models, method }: Diagnosis): Sheet {
  const what = method.objective.quality < 1 ? 'utility' : 'quality';
  const least = models.filter(({ oracleLoss }) => oracleLoss < NEGLIGIBLE);
  return {
    title: 'Could routing pay?',
    headline: verdict.sentence,
    mood: MOODS[verdict.kind],
    warnings,
    sections: [
      {
        title: 'Data',
        before: [
          dataSentence({ data }),
          data.cells.repeated === 0
            ? 'Noise floor: unknown, no query was asked twice (vsr benchmark --repeat 3).'
            : `Noise floor: ${percent(data.cells.changed / data.cells.repeated, 1)} of the repeated answers changed their score.`,
        ],
        table: {
          columns: [{ head: 'model' }, { head: 'quality [95 %]' }, { head: '$ per 1,000' }, { head: 'missing' }],
          rows: data.models.map((row) => [
            row.model,
            shareWithInterval(row.quality, row.qualityInterval),
            perThousand(row.cost),
            percent(row.missingShare, 1),
          ]),
        },
      },
      { title: 'Headroom', before: routabilityLines(routability) },
      {
        title: `What simple routing gains on queries it did not learn from, in points of ${what} [${percent(method.confidence)}]`,
        table: curveTable(curve),
        after: [CURVE_LEGEND, growthSentence(curve)],
      },
      {
        title: 'Which models to keep',
        before: [
          least.length > 0
            ? `A perfect router would lose less than ${points(NEGLIGIBLE).slice(1)} points without ${least.map(({ model }) => model).join(', without ')} (one at a time): the first to drop.`
            : 'Every model answers some queries that no other does.',
        ],
        table: {
          columns: [{ head: 'without' }, { head: 'oracle loses' }, { head: 'it alone is best' }],
          rows: models.map(({ model, oracleLoss, uniqueBest }) => [model, points(-oracleLoss), count(uniqueBest)]),
        },
      },
      { title: 'Method', before: method.sentences },
    ],
  };
}

/** Oracle quality that nobody would miss. */
const NEGLIGIBLE = 0.005;
/** A rise that says that more queries would teach more. */
const STILL_RISING = 0.005;

function growthSentence(curve: readonly CurveStep[]): string {
  const [half, all] = curve.slice(-2) as [CurveStep, CurveStep];
  const rise = (of: (step: CurveStep) => StepEarned | null) => {
    const [before, after] = [of(half)?.utility, of(all)?.utility];
    return before == null || after == null ? null : after - before;
  };
  const risen = [
    ['lookup', rise(({ lookup }) => lookup)],
    ['nearest queries', rise(({ knn }) => knn)],
  ].flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${points(value)}`] : []));
  const still = [rise(({ lookup }) => lookup), rise(({ knn }) => knn)].some(
    (value) => value !== null && value > STILL_RISING,
  );
  return `From half of the queries to all: ${risen.join(', ')} points. ${still ? 'More queries would probably teach more.' : 'More queries would hardly teach more, though they would make the intervals narrower.'}`;
}
