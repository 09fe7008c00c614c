// Which scorer a row gets, and the only way to it: modules load once, on first use.
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import type { Scorer } from './scorer.js';

const LOADERS = {
  'multiple-choice': async () => (await import('./multiple-choice.js')).scoreMultipleChoice,
  numeric: async () => (await import('./numeric.js')).scoreNumeric,
  math: async () => (await import('./math.js')).scoreMath,
  exact: async () => (await import('./exact.js')).scoreExact,
  contains: async () => (await import('./contains.js')).scoreContains,
  f1: async () => (await import('./f1.js')).scoreF1,
  cemf1: async () => (await import('./cemf1.js')).scoreCemf1,
  coverage: async () => (await import('./coverage.js')).scoreCoverage,
  code: async () => (await import('./unscored.js')).unscoredCode,
  judge: async () => (await import('./unscored.js')).unscoredJudge,
  unscored: async () => (await import('./unscored.js')).unscoredNoTruth,
} as const satisfies Record<string, () => Promise<Scorer>>;

export type ScorerName = keyof typeof LOADERS;

export const SCORER_NAMES = Object.keys(LOADERS) as readonly ScorerName[];

/** The names that data sets use, lower case, besides the scorers' own. */
const METRICS: Readonly<Record<string, ScorerName>> = {
  em_mc: 'multiple-choice',
  gsm8k: 'numeric',
  f1_score: 'f1',
  em: 'exact',
  cem: 'contains',
  code_eval: 'code',
  commongen_coverage: 'coverage',
  llm_judge: 'judge',
};

export interface ScoredRow {
  readonly metric: string | null;
  readonly hasChoices: boolean;
  /** null, blank or an empty list = the row has none. */
  readonly groundTruth: string | readonly string[] | null;
  /** A scorer or metric that the user names for this row; it wins. */
  readonly override?: string | undefined;
  /** A judge is at hand: rows without a truth go to it. */
  readonly judge?: boolean;
}

export interface ResolvedScorer {
  readonly name: ScorerName;
  readonly score: Scorer;
}

const loaded = new Map<ScorerName, Promise<ResolvedScorer>>();

/**
 * The scorer of a row: the override, else multiple-choice where there are choices, else by the metric, else by the truth,
 * and without a truth the judge, where there is one.
 * Throws `VSR_SCORER_UNKNOWN` that starts with `where` (`queries.jsonl:17`).
 */
export async function resolveScorer(row: ScoredRow, where: string): Promise<ResolvedScorer> {
  return loadScorer(scorerName(row, where));
}

/** The name alone, without loading anything. Throws `VSR_SCORER_UNKNOWN`. */
export function scorerName({ metric, hasChoices, groundTruth, override, judge }: ScoredRow, where: string): ScorerName {
  if (override !== undefined) return knownName(override, `${where}: scorer`);
  const name =
    metric === null || metric.trim() === '' || metric.toLowerCase() === 'none'
      ? null
      : knownName(metric, `${where}: metric`);
  const choose = hasChoices ? 'multiple-choice' : name;
  if (choose === 'code' || choose === 'judge') return choose;
  if ([groundTruth ?? []].flat().every((truth) => truth.trim() === '')) return judge ? 'judge' : 'unscored';
  return choose ?? (isNumber(groundTruth!) ? 'numeric' : 'f1');
}

/** A scorer by its name; loaded once. */
export function loadScorer(name: ScorerName): Promise<ResolvedScorer> {
  const known = loaded.get(name);
  if (known) return known;
  const scorer = LOADERS[name]().then((score): ResolvedScorer => ({ name, score }));
  loaded.set(name, scorer);
  return scorer;
}

function knownName(given: string, where: string): ScorerName {
  const lower = given.trim().toLowerCase();
  const name = Object.hasOwn(METRICS, lower) ? METRICS[lower] : SCORER_NAMES.find((scorer) => scorer === lower);
  if (name !== undefined) return name;
  const known = [...Object.keys(METRICS), ...SCORER_NAMES];
  const near = nearestName(given, known);
  throw new VsrError('VSR_SCORER_UNKNOWN', `${where} must name a scorer, got ${JSON.stringify(given)}.`, {
    hint: near ? `Did you mean ${near}?` : `Known: ${known.join(', ')}.`,
  });
}

/** The truth is one plain number: "42", "-1,234.5", "50%", "3/4". Anything beyond that is a text. */
function isNumber(groundTruth: string | readonly string[]): boolean {
  return [groundTruth]
    .flat()
    .every((truth) => /^[-+−]?\p{Sc}?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\/\d+)? ?%?$/u.test(truth.trim()));
}
