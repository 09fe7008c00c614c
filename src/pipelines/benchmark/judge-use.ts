// What a verdict takes, counted while the judge is asked.
import type { Completion } from '../../providers/provider.js';
import type { JudgeUse } from './journal.js';
import { type Price, spentOn } from './price.js';

export type GrowingUse = { -readonly [K in keyof JudgeUse]: JudgeUse[K] };

/** @param model alias @param prompt its hash */
export function nothingUsed(model: string, prompt: string): GrowingUse {
  return { model, prompt, calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
}

/** A reply more; once the price of one is unknown, so is that of all. Calls count where they are made, answered or not. */
export function addReply(use: GrowingUse, price: Price | null, reply: Completion): void {
  const cost = spentOn(price, reply);
  use.inputTokens += reply.inputTokens ?? 0;
  use.outputTokens += reply.outputTokens ?? 0;
  use.cost = cost === null || use.cost === null ? null : use.cost + cost;
}
