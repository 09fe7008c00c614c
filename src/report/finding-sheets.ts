// Artifacts side by side, a deployed router's earnings, and a configuration, as pages.
import type { ConfigurationReport } from '../evaluation/configuration.js';
import type { Deployed } from '../evaluation/deployed.js';
import type { SideBySide } from '../evaluation/side-by-side.js';
import { experimentSection } from './experiment-section.js';
import { count, counted, percent, perThousand, pointsWithInterval, pValue, share, UNKNOWN } from './format.js';
import type { Sheet } from './sheet.js';

export function comparisonSheet({ verdict, warnings, queries, groups, sides, method }: SideBySide): Sheet {
  const labels = shortNames(sides.map(({ name }) => name));
  return {
    title: 'Artifacts side by side',
    headline: verdict.sentence,
    mood: ({ better: 'good', 'no-difference': 'good', inconclusive: 'unsure', worse: 'bad' } as const)[verdict.kind],
    warnings,
    sections: [
      {
        title: 'On the same queries',
        before: [`${counted(queries, 'query', 'queries')} that none learned from, ${count(groups)} different ones.`],
        table: {
          columns: ['artifact', 'router', 'utility', 'quality', '$ per 1,000', 'answered', 'judged'].map((head) => ({
            head,
          })),
          rows: sides.map((side, k) => [
            labels[k]!,
            side.router,
            share(side.utility),
            share(side.quality),
            perThousand(side.cost),
            count(side.answered),
            side.judgedOn,
          ]),
        },
      },
      {
        title: `Differences to ${labels[0]!}, in points [${percent(method.confidence)}]`,
        table: {
          columns: ['artifact', 'utility', 'quality', '$ per 1,000', 'p', 'moved'].map((head) => ({ head })),
          rows: sides.flatMap(({ against }, k) =>
            against
              ? [
                  [
                    labels[k]!,
                    pointsWithInterval(against.utility),
                    pointsWithInterval(against.quality),
                    against.cost ? signedDollars(against.cost.delta) : UNKNOWN,
                    pValue(against.p),
                    percent(against.moved),
                  ],
                ]
              : [],
          ),
        },
      },
      {
        title: 'Method',
        before: [
          ...sides.flatMap(({ name }, k) => (labels[k] === name ? [] : [`${labels[k]} = ${name}.`])),
          'moved: the share of queries sent elsewhere than by the first.',
          `Every artifact decides as it would when serving; all are valued under the objective of ${sides[0]!.name}.`,
          `Intervals: paired bootstrap over groups of equal queries, ${count(method.bootstrap)} resamples, seed ${method.seed}.`,
        ],
      },
    ],
  };
}

export function deployedSheet(report: Deployed): Sheet {
  const { verdict, warnings, experiment, counterfactual, regret, earned, expected, models, method } = report;
  return {
    title: 'What the deployed router earned',
    headline: verdict.sentence,
    mood: ({ gain: 'good', loss: 'bad', inconclusive: 'unsure', 'no-counterfactual': 'unsure' } as const)[verdict.kind],
    warnings,
    sections: [
      {
        title: 'Earned and expected',
        table: {
          columns: [{ head: '' }, { head: 'earned' }, { head: 'expected' }],
          rows: [
            ['utility', share(earned.utility), UNKNOWN],
            ['quality', share(earned.quality), share(expected.quality)],
            ['$ per 1,000', perThousand(earned.cost), perThousand(expected.cost)],
            ['latency, ms', earned.latency === null ? UNKNOWN : earned.latency.toFixed(0), UNKNOWN],
          ],
        },
        after: [
          `${count(report.decisions)} decisions; ${count(report.matched)} of their queries have outcomes, ${count(report.answered)} an outcome of the chosen model.`,
          regret
            ? `Regret ${share(regret.mean)} on the ${counted(regret.n, 'query', 'queries')} that more than one model answered.`
            : 'No query was answered by a second model: what was lost cannot be told.',
        ],
      },
      ...(experiment ? [experimentSection(experiment, method.confidence)] : []),
      ...(counterfactual
        ? [
            {
              title: `Against ${counterfactual.model} alone, in points [${percent(method.confidence)}]`,
              table: {
                columns: [{ head: 'queries' }, { head: 'utility' }, { head: 'quality' }, { head: '$ per 1,000' }],
                rows: [
                  [
                    count(counterfactual.n),
                    pointsWithInterval(counterfactual.utility),
                    pointsWithInterval(counterfactual.quality),
                    counterfactual.cost ? signedDollars(counterfactual.cost.delta) : UNKNOWN,
                  ],
                ],
              },
              after: [
                'Only queries that this model was asked too. Where they were not drawn at random, the difference is about them and no others.',
              ],
            },
          ]
        : []),
      {
        title: 'Model by model',
        table: {
          columns: ['model', 'share', 'answered', 'quality', '$ per 1,000'].map((head) => ({ head })),
          rows: models.map((row) => [
            row.model,
            percent(row.share, 1),
            count(row.answered),
            share(row.quality),
            perThousand(row.cost),
          ]),
        },
      },
    ],
  };
}

export function configurationSheet({ verdict, warnings, decisions, models, data }: ConfigurationReport): Sheet {
  return {
    title: 'What the configuration leaves to learn',
    headline: verdict.sentence,
    mood: ({ trainable: 'good', 'nothing-to-learn': 'bad', 'no-data': 'unsure' } as const)[verdict.kind],
    warnings,
    sections: [
      ...(decisions.length > 0
        ? [
            {
              title: 'Decisions',
              table: {
                columns: ['decision', 'algorithm', 'models', 'queries with two or more', 'trainable'].map((head) => ({
                  head,
                })),
                rows: decisions.map((one) => [
                  one.name,
                  one.algorithm ?? UNKNOWN,
                  count(one.models.length),
                  count(one.queries),
                  one.trainable ? 'yes' : 'no',
                ]),
              },
            },
          ]
        : []),
      {
        title: data ? `Models (${counted(data.queries, 'query', 'queries')} in ${data.path})` : 'Models',
        table: {
          columns: ['model', 'configured', 'scored answers', 'price', 'decisions'].map((head) => ({ head })),
          rows: models.map((one) => [
            one.model,
            one.configured ? 'yes' : 'no',
            one.cells === null ? UNKNOWN : count(one.cells),
            one.priced ? 'known' : 'missing',
            one.decisions.join(', ') || UNKNOWN,
          ]),
        },
      },
    ],
  };
}

function signedDollars(perQuery: number): string {
  return `${perQuery > 0 ? '+' : perQuery < 0 ? '-' : ''}${perThousand(Math.abs(perQuery))}`;
}

/** The last part of every path, where these differ; else A, B, C. */
function shortNames(paths: readonly string[]): readonly string[] {
  const last = paths.map((path) => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path);
  const fits = new Set(last).size === last.length && last.every((name) => name.length <= 20);
  return fits ? last : paths.map((_, k) => String.fromCharCode(65 + (k % 26)));
}
