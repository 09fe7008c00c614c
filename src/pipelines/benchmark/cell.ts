// From a reply, or its absence, to the cell of outcomes.jsonl. Unknown latency and tokens are left out, an unknown cost is null.
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeCell } from '../../data/outcome.js';
import type { Completion, FinishReason, ProviderFailure } from '../../providers/provider.js';
import { failureCell, scoreCompletion } from '../../scoring/score-completion.js';
import type { ScoringResult } from '../../scoring/scorer.js';
import type { Call } from './plan.js';
import { costOf } from './price.js';

/** `found`: what a scorer that runs code or asks a judge has found. */
export function cellOf(
  call: Call,
  completion: Completion,
  scoring: VsrConfig['scoring'],
  found?: ScoringResult,
): OutcomeCell {
  const { model } = call;
  const { latency, ttft = null, inputTokens, outputTokens, attempts } = completion;
  const { extracted, flags, ...judged } = scored(call, completion, scoring, found);
  return {
    ...judged,
    ...(latency !== null && { latency: rounded(latency) }),
    ...(ttft !== null && { ttft: rounded(ttft) }),
    ...(inputTokens !== null && { inputTokens }),
    ...(outputTokens !== null && { outputTokens }),
    cost: costOf(model.price, completion),
    ...(attempts > 1 && { attempts }),
    ...(extracted !== null && { extracted }),
    ...(flags.length > 0 && { flags }),
  };
}

/** The same call scored again: what it took stays, what it is worth is new. */
export function rescoredCell(
  call: Call,
  cell: OutcomeCell,
  response: { readonly text: string; readonly finishReason: FinishReason },
  scoring: VsrConfig['scoring'],
  found?: ScoringResult,
): OutcomeCell {
  const { quality: _quality, status: _status, extracted: _extracted, flags: old = [], error: _error, ...took } = cell;
  const flags = old.filter((flag) => flag !== 'unparsed');
  const completion = { ...response, ...NOTHING_MEASURED, flags };
  const { extracted, flags: all, ...judged } = scored(call, completion, scoring, found);
  return {
    ...judged,
    ...took,
    ...(extracted !== null && { extracted }),
    ...(all.length > 0 && { flags: all }),
  };
}

const NOTHING_MEASURED = { inputTokens: null, outputTokens: null, latency: null, attempts: 1 } as const;

function scored({ question }: Call, completion: Completion, scoring: VsrConfig['scoring'], found?: ScoringResult) {
  const { quality, status, extracted, flags } = scoreCompletion({
    completion,
    scorer: question.scorer,
    groundTruth: question.query.groundTruth,
    choices: question.query.choices,
    options: { numericTolerance: scoring.numericTolerance },
    truncated: scoring.truncated,
    found,
    where: question.where,
  });
  return { quality, status, extracted, flags };
}

/** A call without an answer: 0 where it would fail again tomorrow, else missing. */
export function cellOfFailure(failure: ProviderFailure, scoring: Pick<VsrConfig['scoring'], 'timeout'>): OutcomeCell {
  return { ...failureCell(failure, scoring.timeout), attempts: failure.attempts, error: failure.message };
}

/** To a tenth, as of a millisecond: more is noise. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
