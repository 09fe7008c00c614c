// One call's reply, or its failure, as an outcome: quality and status by the question "would the same query to the same
// model give the same tomorrow?". Yes is a real outcome, at worst 0; no is a missing cell.
import { VsrError } from '../errors/vsr-error.js';
import type { Completion, FailureStatus, ProviderFailure } from '../providers/provider.js';
import { clean } from './clean.js';
import type { ResolvedScorer } from './registry.js';
import { DEFAULT_SCORING_OPTIONS, type ScoringInput, type ScoringOptions, type ScoringResult } from './scorer.js';

export interface ScoredCompletion extends ScoringResult {
  readonly status: 'ok' | 'empty' | 'refused' | 'truncated' | 'filtered' | 'server_error' | 'unscored';
}

export interface CompletionToScore {
  readonly completion: Completion;
  readonly scorer: ResolvedScorer;
  readonly groundTruth: string | readonly string[] | null;
  readonly choices: ScoringInput['choices'];
  readonly options?: ScoringOptions;
  /** What an answer cut at max_tokens counts where nothing could be read out of it; default zero. */
  readonly truncated?: 'zero' | 'missing';
  /** What a scorer that runs code or asks a judge has found; then `scorer` is not called. */
  readonly found?: ScoringResult | undefined;
  /** `queries.jsonl:17`, for errors about the truth. */
  readonly where: string;
}

/**
 * quality is null exactly for server_error and unscored, and for truncated where `truncated` says missing.
 * `extracted` is cut at 200 characters, because it is kept in every cell.
 * Flags are those of the completion and those of the scorer; `recorded` where the quality was not scored here.
 * Throws `VSR_DATA` that starts with `where` if the truth cannot be read; never because of the answer.
 */
export function scoreCompletion(call: CompletionToScore): ScoredCompletion {
  const { completion } = call;
  if (completion.recordedQuality !== undefined) {
    const flags = merged(completion.flags, ['recorded']);
    return { quality: completion.recordedQuality, status: 'ok', extracted: null, rule: 'recorded', flags };
  }
  if (completion.finishReason === 'error') return outcome(call, null, 'server_error', 'the reply ended in an error');
  const result = scoreText(call);
  const flags = merged(completion.flags, result.flags);
  if (result.quality === null) return { ...result, status: 'unscored', flags };
  if (completion.finishReason === 'filter') return outcome(call, 0, 'filtered', 'content filter');
  if (clean(completion.text).trim() === '') return withoutContent(call);
  if (completion.flags.includes('refusal')) return { ...result, status: 'refused', flags };
  if (completion.finishReason === 'length') {
    const missing = result.flags.includes('unparsed') && call.truncated === 'missing';
    return { ...result, quality: missing ? null : result.quality, status: 'truncated', flags };
  }
  const refused = result.extracted === null && refuses(completion.text);
  return { ...result, status: refused ? 'refused' : 'ok', flags };
}

/** Whether there is an answer to score at all; without one the quality follows from the reply alone. */
export function hasAnswer({ text, finishReason, recordedQuality }: Completion): boolean {
  const readable = finishReason !== 'error' && finishReason !== 'filter' && recordedQuality === undefined;
  return readable && clean(text).trim() !== '';
}

/**
 * A failed call as a cell: filtered and too_long would fail again tomorrow and count 0, a timeout does where `timeout`
 * says so; all others are missing.
 */
export function failureCell(
  failure: ProviderFailure,
  timeout: 'zero' | 'missing' = 'missing',
): { quality: 0 | null; status: FailureStatus } {
  const { status } = failure;
  const real = status === 'filtered' || status === 'too_long' || (status === 'timeout' && timeout === 'zero');
  return { quality: real ? 0 : null, status: failure.status };
}

function scoreText(call: CompletionToScore): ScoringResult {
  const { completion, scorer, groundTruth, choices, options, where } = call;
  if (call.found) return { ...call.found, extracted: call.found.extracted?.slice(0, 200) ?? null };
  if (groundTruth === null && scorer.name !== 'code' && scorer.name !== 'judge')
    return { quality: null, extracted: null, rule: 'no ground truth', flags: [] };
  try {
    const result = scorer.score({
      answer: completion.text,
      groundTruth: groundTruth ?? '',
      choices,
      finishReason: completion.finishReason,
      options: options ?? DEFAULT_SCORING_OPTIONS,
    });
    return { ...result, extracted: result.extracted?.slice(0, 200) ?? null };
  } catch (error) {
    if (!(error instanceof VsrError)) throw error;
    const { hint } = error;
    throw new VsrError(error.code, `${where}: ${error.message}`, hint === undefined ? {} : { hint });
  }
}

/** No text, or reasoning alone: cut off in its thoughts, or empty. */
function withoutContent(call: CompletionToScore): ScoredCompletion {
  const { text, reasoning = '', finishReason } = call.completion;
  if (finishReason === 'length') {
    return outcome(call, call.truncated === 'missing' ? null : 0, 'truncated', 'max_tokens before any answer');
  }
  if (text.trim() !== '' || reasoning.trim() !== '')
    return outcome(call, 0, 'truncated', 'reasoning without an answer');
  return outcome(call, 0, 'empty', 'empty text');
}

function outcome(
  { completion }: CompletionToScore,
  quality: number | null,
  status: ScoredCompletion['status'],
  rule: string,
): ScoredCompletion {
  return { quality, status, extracted: null, rule, flags: [...completion.flags] };
}

const REFUSAL =
  /\b(?:can['’]?t|cannot|can not|won['’]?t|will not|unable to)\b(?: \w+){0,3} (?:help|answer|provide|discuss)/i;

/** The first sentence says that the model can't, won't or is unable to help, answer, provide or discuss. */
function refuses(text: string): boolean {
  const start = clean(text).trimStart().slice(0, 500);
  const end = start.search(/[.!?](?:\s|$)|\n/);
  return REFUSAL.test((end < 0 ? start : start.slice(0, end)).replace(/\s+/g, ' '));
}

function merged(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])];
}
