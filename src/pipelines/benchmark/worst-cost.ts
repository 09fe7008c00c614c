// What a call may cost at most: every byte of its prompt a token, the longest answer, and the judge's two questions about it.
import type { LateScoring } from './late-scoring.js';
import type { Call } from './plan.js';
import { costOf, mostTokens } from './price.js';

/** A picture's tokens differ from model to model; large ones take about this many. */
const IMAGE_TOKENS = 2000;

/** US dollars; null where a price is unknown. */
export function worstCost(call: Call, late: Pick<LateScoring, 'worstCost'>): number | null {
  const { model } = call;
  const own = costOf(model.price, { inputTokens: mostInput(call), outputTokens: model.maxTokens });
  const judging = late.worstCost(call);
  return own === null || judging === null ? null : own + judging;
}

/** Tokens that a call may take at most, those of its answer included. */
export function worstTokens(call: Call): number {
  return mostInput(call) + call.model.maxTokens;
}

function mostInput({ question, model }: Call): number {
  return mostTokens(model.systemPrompt, question.prompt) + IMAGE_TOKENS * question.images.length;
}
