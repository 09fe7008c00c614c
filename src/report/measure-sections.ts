// Further sections of the report, as sheets: how routers rank models, what other evaluations would print, and the spread over seeds.
import type { Ranking } from '../evaluation/ranking.js';
import type { Report } from '../evaluation/report.js';
import type { Spread } from '../evaluation/training-noise.js';
import { count, percent, points, share } from './format.js';
import type { SheetSection } from './sheet.js';

export function rankingSection({ measures, meanRanking }: Pick<Report, 'measures' | 'meanRanking'>): SheetSection {
  const cells = (ranking: Ranking | null) => [
    ...[0, 1, 2].map((k) => share(ranking?.recall[k])),
    share(ranking?.recallFew[0]),
    share(ranking?.pairwiseAuc),
    share(ranking?.ndcg3),
    share(ranking?.tauB),
  ];
  return {
    title: 'How routers rank the models of a query',
    table: {
      columns: [
        { head: '' },
        ...['recall@1', '@2', '@3'].map((head) => ({ head, term: 'recall' })),
        { head: 'few @1', term: 'recall-few' },
        { head: 'AUC', term: 'pair-auc' },
        { head: 'NDCG@3', term: 'ndcg' },
        { head: 'τ-b', term: 'tau' },
        { head: 'F1', term: 'macro-f1' },
      ],
      rows: [
        ['model means', ...cells(meanRanking), ''],
        ...measures.map(({ router, ranking, classes }) => [router, ...cells(ranking), share(classes.f1)]),
      ],
    },
    after: [
      'recall@k: a best model is among the k scored highest (few: over queries with one to three best models); AUC: a better model is scored above a worse one; F1: chosen against best, the mean over models (precision and recall: --json). model means: the one ranking that every query gets by the means of the learning rows.',
    ],
  };
}

export function otherMeasuresSection({ measures, arms }: Pick<Report, 'measures' | 'arms'>): SheetSection {
  const arena = new Map(arms.map((arm) => [arm.name, arm.arena]));
  const pair = measures.find(({ strongWeak }) => strongWeak)?.strongWeak;
  const single = arms.find(({ name }) => /^best single( by quality)?$/.test(name));
  return {
    title: 'As other evaluations would put it',
    table: {
      columns: [
        { head: '' },
        { head: 'V_B', term: 'v-b' },
        { head: 'V_R', term: 'v-b' },
        { head: 'arena', term: 'arena' },
        { head: 'opt. sel', term: 'optimality' },
        { head: 'cost', term: 'optimality' },
        { head: 'acc', term: 'optimality' },
        { head: 'APGR', term: 'apgr' },
        { head: 'CPT 50', term: 'cpt' },
        { head: 'CPT 80', term: 'cpt' },
      ],
      rows: measures.map((one) => [
        one.router,
        share(one.overBest),
        share(one.overReference),
        share(arena.get(one.router)),
        percent(one.optimalChoice),
        percent(one.optimalCost),
        percent(one.optimalQuality),
        share(one.strongWeak?.apgr),
        ...[0.5, 0.8].map((part) => percent(one.strongWeak?.cpt.find(({ recovered }) => recovered === part)?.share)),
      ]),
    },
    after: [
      `V_B, V_R: quality over that of the best single model, learned and in hindsight (RouterEval); arena: RouterArena's score${single?.arena == null ? '' : `, ${share(single.arena)} for ${single.model} alone`}; opt. sel, cost, acc: its share of the cheapest right choices, their cost over its own, its quality over the oracle's.`,
      ...(pair
        ? [
            `APGR, CPT (RouteLLM): ${pair.strong} against ${pair.weak} alone; CPT 50: the share sent to the stronger at which half of the gap is recovered. At random APGR is 0.5, CPT 50 half.`,
          ]
        : []),
    ],
  };
}

export function seedsSection({ trainingNoise }: Pick<Report, 'trainingNoise'>): SheetSection[] {
  if (!trainingNoise) return [];
  const { label, queries, routers } = trainingNoise;
  const range = ({ mean, low, high }: Spread, text: (value: number) => string) =>
    `${text(mean)} (${text(low)} to ${text(high)})`;
  return [
    {
      title: `The same routers with other seeds (${label})`,
      table: {
        columns: [
          { head: '' },
          { head: 'fits', term: 'seeds' },
          { head: 'quality', term: 'quality' },
          { head: 'utility', term: 'utility' },
          { head: 'points over best single', term: 'points' },
        ],
        rows: routers.map(({ router, fits, quality, utility, gain, alike }) => [
          alike ? `${router} *` : router,
          count(fits),
          range(quality, share),
          range(utility, share),
          range(gain, points),
        ]),
      },
      after: [
        `Mean and range over fits that differ by their seed alone, on ${count(queries)} queries: what of a figure is the draw of training.${routers.some(({ alike }) => alike) ? ' * chooses alike whatever the seed.' : ''}`,
      ],
    },
  ];
}
