// Two sentences that belong under every verdict: what carries the gain, and whether something simpler does better.
import type { Report } from '../evaluation/report.js';
import { counted, pointsWithInterval } from './format.js';

/** One sentence, or none where there is one task only. */
export function carriedBySentence({ verdict, tasks }: Report): string[] {
  const { carriedBy, delta } = verdict;
  if (!carriedBy || tasks.length < 2) return [];
  const percent = Math.round(100 * carriedBy.share);
  const part = percent < 100 ? `${percent} % of it` : percent === 100 ? 'all of it' : 'all of it and more';
  return [
    `${delta < 0 ? 'The loss' : 'The gain'}: ${part} comes from ${carriedBy.task || 'queries without a task'} ` +
      `(${counted(carriedBy.n, 'query', 'queries')}); without these it is ${pointsWithInterval(carriedBy.without)} points.`,
  ];
}

/** Where knowing the task alone gains more than the router, whoever decides should know. */
export function lookupSentence({ arms, verdict }: Report): string[] {
  const lookup = arms.find(({ name }) => name === 'per-task lookup')?.against?.utility;
  if (!lookup || lookup.low <= 0 || lookup.delta <= verdict.delta) return [];
  return [
    `Simpler: the best model of each task, looked up by name, gains ${pointsWithInterval(lookup)} points where queries come with their task.`,
  ];
}

export function recommendationSentence({ recommendation }: Report): string[] {
  return recommendation ? [recommendation.sentence] : [];
}
