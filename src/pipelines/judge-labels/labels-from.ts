// From a judge's opinions in both orders to one label an answer, with how sure it is and whether the orders disagree.
import { DISAGREEMENT, type Label } from '../../data/labels.js';
import { cohensKappa } from '../../math/kappa.js';
import { mean } from '../../math/stats.js';
import type { Asking } from './opinions.js';

/** A line of labels.jsonl. */
export interface JudgedLabel {
  readonly id: string;
  readonly model: string;
  readonly label: number;
  readonly source: string;
  /** [0, 1] in either order; over all comparisons of the model the mean. */
  readonly orders: readonly [number, number];
  /** 1 − the distance of the orders. */
  readonly confidence: number;
  readonly flags?: readonly string[];
  readonly promptHash: string;
}

export interface Judged {
  readonly labels: readonly JudgedLabel[];
  /** Answers or pairs of which an order is missing: they count for nothing. */
  readonly missing: number;
}

/** Orders further apart than this disagree. */
const APART = 0.3;

/** @param opinionOf null or undefined: missing. @param binary labels are 0 or 1, from ½ up 1 */
export function labelsFrom(
  asked: readonly Asking[],
  opinionOf: (asking: Asking) => number | null | undefined,
  judge: string,
  binary: boolean,
): Judged {
  const found = new Map<string, { asking: Asking; model: string; orders: [number[], number[]] }>();
  let missing = 0;
  for (let i = 0; i < asked.length; i += 2) {
    const [straight, turned] = [asked[i]!, asked[i + 1]!];
    const opinions = [opinionOf(straight), opinionOf(turned)];
    if (opinions.some((opinion) => opinion == null)) {
      missing++;
      continue;
    }
    straight.models.forEach((model, at) => {
      const key = JSON.stringify([straight.query.id, model]);
      const entry = found.get(key) ?? { asking: straight, model, orders: [[], []] };
      found.set(key, entry);
      opinions.forEach((opinion, order) => {
        entry.orders[order]!.push(at === 0 ? opinion! : 1 - opinion!);
      });
    });
  }
  const labels = Array.from(found.values(), ({ asking, model, orders }): JudgedLabel => {
    const both = [mean(orders[0]), mean(orders[1])] as const;
    const apart = Math.abs(both[0] - both[1]);
    const average = mean(both);
    return {
      id: asking.query.id,
      model,
      label: binary ? Number(average >= 0.5) : round(average),
      source: `judge:${judge}`,
      orders: [round(both[0]), round(both[1])],
      confidence: round(1 - apart),
      ...(apart > APART && { flags: [DISAGREEMENT] }),
      promptHash: asking.promptHash,
    };
  });
  return { labels, missing };
}

/** κ of right or wrong over the answers that both the judge and people spoke of; null without any. */
export function agreement(
  labels: readonly JudgedLabel[],
  human: readonly Label[],
): { kappa: number | null; n: number } {
  const byJudge = new Map(labels.map(({ id, model, label }) => [JSON.stringify([id, model]), label >= 0.5]));
  const byPeople = new Map<string, number[]>();
  for (const { id, model, label } of human) {
    const key = JSON.stringify([id, model]);
    byPeople.set(key, [...(byPeople.get(key) ?? []), label]);
  }
  const pairs = Array.from(byPeople).flatMap(([key, said]) => {
    const judged = byJudge.get(key);
    return judged === undefined ? [] : [[judged, mean(said) >= 0.5] as const];
  });
  return { kappa: cohensKappa(pairs), n: pairs.length };
}

function round(value: number): number {
  return Number(value.toFixed(6));
}
