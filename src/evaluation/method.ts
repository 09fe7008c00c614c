// How the numbers of a report are made, in sentences.
import type { Objective } from '../math/utility.js';
import { LOTS, MOST_GROUPS } from './lots.js';
import { NEIGHBOUR_SAMPLE } from './neighbour-sample.js';

export function methodSentences(
  objective: Objective,
  { bootstrap, confidence, seed }: { readonly bootstrap: number; readonly confidence: number; readonly seed: number },
  folds: boolean,
): string[] {
  return [
    `Utility = ${formula(objective)}.`,
    folds
      ? 'Routers and baselines for a query were learned on the other folds alone; the router was chosen inside each fold.'
      : 'Baselines were learned on train; routers and their settings were chosen on validation.',
    'Random, oracle, hindsight and hit are computed from the judged outcomes; oracle ties go to the cheapest model.',
    'A chosen missing cell leaves the query out of that mean; comparisons use queries that both sides answered.',
    `Intervals: paired bootstrap over groups of equal queries, ${bootstrap.toLocaleString('en-US')} resamples, seed ${seed}, percentiles at ${round(100 * confidence)} %; the same resamples for every router; p by Holm. More than ${MOST_GROUPS.toLocaleString('en-US')} groups are drawn in ${LOTS.toLocaleString('en-US')} random lots.`,
    'Gains, gap and headroom are in quality against the best single model by quality; differences, win/tie/loss and regret in utility.',
    NEIGHBOUR_SAMPLE,
    'Zero router: single models mixed at random along the hull of mean cost and quality on train, at the cost of the router.',
  ];
}

function formula({ quality, latency, cost, latencyScaleMs, costScale }: Objective): string {
  const terms = [
    quality > 0 ? `${round(quality)}·quality` : '',
    latency > 0 ? `${round(latency)}/(1 + latency/${latencyScaleMs} ms)` : '',
    cost > 0 ? `${round(cost)}/(1 + cost/$${costScale.toPrecision(3)})` : '',
  ];
  return terms.filter((term) => term !== '').join(' + ');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
