// The part of the text report that only scores can tell: cost against quality, calibration, and the decisions that cost most.
import { isMiscalibrated } from '../evaluation/calibration-report.js';
import type { Report } from '../evaluation/report.js';
import { count, percent, points, share, UNKNOWN } from './format.js';
import { oneLine } from './one-line.js';
import type { DrawTable } from './table.js';
import { wrap } from './wrap.js';

type Section = (title: string, ...parts: string[]) => string;

/** Regrets that are printed; the page holds more. */
const REGRETS = 5;
const TEXT_WIDTH = 94;

export function scoreSections(report: Report, draw: DrawTable, section: Section): string[] {
  return [
    ...planeSection(report, draw, section),
    ...calibrationSection(report, draw, section),
    ...regretSection(report, section),
  ];
}

function planeSection({ plane }: Report, draw: DrawTable, section: Section): string[] {
  if (!plane) return [];
  const rows = plane.routers.map((router) => [
    router.name,
    share(router.aiq),
    router.aiqOverZero === null ? UNKNOWN : points(router.aiqOverZero),
    router.costSave === null ? 'never' : percent(router.costSave),
    share(router.qualityAtEqualCost),
    router.perfGain === null ? UNKNOWN : `${points(router.perfGain)} %`,
    percent(router.paretoRatio),
  ]);
  return [
    section(
      'Cost against quality, over all weights of cost',
      draw(
        [
          { head: '' },
          { head: 'AIQ' },
          { head: 'over mixing' },
          { head: 'cost save' },
          { head: 'at equal cost' },
          { head: 'best gain' },
          { head: 'on frontier' },
        ],
        [...rows, ['zero router', share(plane.zero.aiq), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]],
      ),
      wrap(
        `AIQ: mean quality over the costs that single models span; over mixing: in points, against models mixed at random; cost save: the cheapest setting as good as ${plane.bestSingle}; at equal cost: the best quality for that model's cost. The settings are read off the judged queries.`,
      ),
    ),
  ];
}

function calibrationSection({ calibration, verdict }: Report, draw: DrawTable, section: Section): string[] {
  const judged = calibration.find(({ router }) => router === verdict.router) ?? calibration[0];
  if (!judged) return [];
  const others = calibration.filter((other) => other !== judged);
  return [
    section(
      `Does the expected quality mean what it says? (${judged.router})`,
      draw(
        [
          { head: 'model' },
          { head: 'answers' },
          { head: 'ECE' },
          ...(judged.eceCalibrated === null ? [] : [{ head: 'calibrated' }]),
          { head: 'equal mass' },
          { head: 'Brier' },
          { head: 'log loss' },
        ],
        judged.models.map((model) => [
          model.model,
          count(model.n),
          `${share(model.ece)}${isMiscalibrated(model) ? ' *' : ''}`,
          ...(judged.eceCalibrated === null ? [] : [share(model.eceCalibrated)]),
          share(model.eceMass),
          share(model.brier),
          share(model.logLoss),
        ]),
      ),
      wrap(
        [
          `All models together: ECE ${share(judged.ece)}${judged.eceCalibrated === null ? '' : `, ${share(judged.eceCalibrated)} after calibration (which infer prints)`}.`,
          ...(others.length > 0
            ? [`Others: ${others.map(({ router, ece }) => `${router} ${share(ece)}`).join(', ')}.`]
            : []),
          ...(judged.models.some(isMiscalibrated) ? ['* above 0.05: do not read it as a probability.'] : []),
        ].join(' '),
      ),
    ),
  ];
}

function regretSection({ decisions, verdict }: Report, section: Section): string[] {
  if (decisions.length === 0) return [];
  const shown = decisions.slice(0, REGRETS).flatMap((decision, i) => {
    const { task, chosen, chosenQuality, best, bestQuality, regret, query } = decision;
    return [
      wrap(
        `${i + 1}. regret ${share(regret)}${task ? `, ${task}` : ''}: ${chosen} (quality ${share(chosenQuality)}) instead of ${best} (${share(bestQuality)})`,
        '   ',
      ),
      `   ${oneLine(query, TEXT_WIDTH)}`,
    ];
  });
  return [section(`The decisions that cost most (${verdict.router})`, shown.join('\n'))];
}
