// From a reply, or its absence, to the cell of outcomes.jsonl. Unknown latency and tokens are left out, an unknown cost is null.
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeCell } from '../../data/outcome.js';
import type { Completion, ProviderFailure } from '../../providers/provider.js';
import { failureCell, scoreCompletion } from '../../scoring/score-completion.js';
import type { Call } from './plan.js';
import { costOf } from './price.js';

export function cellOf(call: Call, completion: Completion, scoring: VsrConfig['scoring']): OutcomeCell {
  const { question, model } = call;
  const { quality, status, extracted, flags } = scoreCompletion({
    completion,
    scorer: question.scorer,
    groundTruth: question.query.groundTruth,
    choices: question.query.choices,
    options: { numericTolerance: scoring.numericTolerance },
    truncated: scoring.truncated,
    where: question.where,
  });
  const { latency, ttft = null, inputTokens, outputTokens, attempts } = completion;
  return {
    quality,
    status,
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

/** A call without an answer: 0 where it would fail again tomorrow, else missing. */
export function cellOfFailure(failure: ProviderFailure): OutcomeCell {
  return { ...failureCell(failure), attempts: failure.attempts, error: failure.message };
}

/** To a tenth of a millisecond: more is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
