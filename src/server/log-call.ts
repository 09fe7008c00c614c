// The lines of the log about one call: who answered, who failed before, or why nobody did.
import type { OutcomeCell, Status } from '../data/outcome.js';
import type { FailedModel } from './ask-models.js';
import { type Choice, scoreOf } from './choose-model.js';
import type { CompletionCall } from './complete.js';
import type { GatewayParts } from './parts.js';
import { loggedDecision } from './route-only.js';

/** What nobody answered counts too: a model that fails often is not a good one. */
export function logFailure(
  parts: GatewayParts,
  call: CompletionCall,
  choice: Choice,
  why: Status | readonly FailedModel[],
  error: string,
): void {
  const first = choice.models[0]!;
  const cells = typeof why === 'string' ? { [first]: { quality: null, status: why } } : failedCells(why);
  logCall(parts, call, choice, cells, { model: first, error });
}

export function failedCells(failed: readonly FailedModel[]): Record<string, OutcomeCell> {
  return Object.fromEntries(failed.map(({ model, status }) => [model, { quality: null, status }]));
}

export function logCall(
  { log }: GatewayParts,
  { path, asked, userId, keyName }: CompletionCall,
  choice: Choice,
  outcomes: Readonly<Record<string, OutcomeCell>>,
  { model, ...more }: { readonly model: string; readonly response_id?: string | undefined; readonly error?: string },
): void {
  if (path === 'embeddings') return;
  log.write({
    id: choice.id,
    query: asked.text,
    images: asked.images,
    userId,
    sessionId: asked.policy.sessionId ?? null,
    outcomes,
    decision: {
      ...loggedDecision(choice),
      model,
      score: scoreOf(choice, model),
      ...(keyName !== null && { key: keyName }),
      ...more,
    },
  });
}
