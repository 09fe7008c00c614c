// Is training a router worth a try? One sentence, from what lookup and neighbours gain on rows they never saw.
import { LEAST_HEADROOM } from './advice.js';
import { neededQueries } from './bootstrap.js';
import type { CurveStep } from './learning-curve.js';
import type { Estimate } from './report.js';
import type { Routability } from './routability.js';
import { LEAST_GROUPS } from './verdict-rules.js';
import { estimateText } from './verdict-sentence.js';

export interface DiagnosisVerdict {
  readonly kind: 'train' | 'do-not-train' | 'inconclusive';
  readonly sentence: string;
  /** Whose difference decides; null where headroom alone did. */
  readonly by: 'per-task lookup' | 'knn' | null;
  readonly delta: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Judged queries that would decide; null where the answer stands. */
  readonly neededQueries: number | null;
}

export interface DiagnosisFacts {
  readonly routability: Routability;
  readonly last: CurveStep;
  /** By Holm, at the last step. */
  readonly p: { readonly lookup: number; readonly knn: number | null };
  readonly groups: number;
  readonly minGain: number;
  readonly qualityAlone: boolean;
}

export function diagnosisVerdict({
  routability,
  last,
  p,
  groups,
  minGain,
  qualityAlone,
}: DiagnosisFacts): DiagnosisVerdict {
  const none = { by: null, delta: null, interval: null, neededQueries: null };
  if (qualityAlone && routability.headroom !== null && routability.headroom < LEAST_HEADROOM) {
    return { kind: 'do-not-train', sentence: `Verdict: do not train. ${routability.advice}`, ...none };
  }
  const tried = [
    { by: 'per-task lookup' as const, difference: last.lookup.difference, p: p.lookup },
    { by: 'knn' as const, difference: last.knn?.difference ?? null, p: p.knn ?? 1 },
  ].flatMap((one) => (one.difference ? [{ ...one, difference: one.difference }] : []));
  if (tried.length === 0) {
    return {
      kind: 'inconclusive',
      sentence: 'Verdict: inconclusive, no query could be judged on rows that others learned from.',
      ...none,
    };
  }
  const best = tried.reduce((a, b) => (b.difference.delta > a.difference.delta ? b : a));
  const { delta, low, high } = best.difference;
  const found = { by: best.by, delta, interval: { low, high } };
  const measured = `${best.by === 'knn' ? 'asking the nearest queries' : 'looking the model up by task'} gains ${estimateText(best.difference)}${qualityAlone ? '' : ' of utility'} over the best single model on ${last.judged.toLocaleString('en-US')} queries it did not learn from`;
  if (groups < LEAST_GROUPS) {
    return {
      kind: 'inconclusive',
      sentence: `Verdict: inconclusive, ${measured}: too few to know (${LEAST_GROUPS} separate queries are the least).`,
      ...found,
      neededQueries: neededBy(best.difference, last.judged, minGain),
    };
  }
  if (delta >= minGain && low > 0 && best.p <= 0.05) {
    return { kind: 'train', sentence: `Verdict: train a router, ${measured}.`, ...found, neededQueries: null };
  }
  if (tried.every(({ difference }) => difference.high < minGain)) {
    return {
      kind: 'do-not-train',
      sentence: `Verdict: a router is unlikely to pay, ${measured}, and at least ${(100 * minGain).toFixed(1)} points would be worth having.`,
      ...found,
      neededQueries: null,
    };
  }
  const needed = neededBy(best.difference, last.judged, minGain);
  return {
    kind: 'inconclusive',
    sentence: `Verdict: inconclusive, ${measured}${needed === null ? '' : `; about ${needed.toLocaleString('en-US')} would settle it, ${(needed - last.judged).toLocaleString('en-US')} more`}.`,
    ...found,
    neededQueries: needed,
  };
}

/** Two digits; null where those at hand are enough. */
function neededBy(difference: Estimate, n: number, minGain: number): number | null {
  const wanted = neededQueries(n, difference, minGain);
  if (!Number.isFinite(wanted) || wanted <= n) return null;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(wanted)) - 1);
  return Math.ceil(wanted / unit - 1e-9) * unit;
}
