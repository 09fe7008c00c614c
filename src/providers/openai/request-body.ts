// The body of a chat completion request, without the fields that a model has refused before.
import type { CompletionRequest } from '../provider.js';

export type RequestBody = Readonly<Record<string, unknown>>;

export interface RequestBodies {
  /** `extraBody` is merged last. */
  bodyFor(request: CompletionRequest, extraBody: RequestBody | undefined): RequestBody;
  /** Remembers that the model refuses a field; true if the next body will be without it. What `extraBody` asks for stays. */
  refuse(request: CompletionRequest, param: string | null, extraBody: RequestBody | undefined): boolean;
}

/** Reasoning models want max_completion_tokens and no temperature; some servers know no seed. Each says so once. */
const ADJUSTABLE: ReadonlySet<string> = new Set(['max_tokens', 'max_completion_tokens', 'temperature', 'seed']);

export function requestBodies(): RequestBodies {
  const refused = new Map<string, Set<string>>();
  const ownFields = (request: CompletionRequest) => {
    const without = refused.get(request.model) ?? new Set();
    const limit = without.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens';
    const fields: Record<string, unknown> = {
      [limit]: request.maxTokens,
      temperature: request.temperature,
      seed: request.seed,
    };
    return Object.fromEntries(
      Object.entries(fields).filter(([name, value]) => value !== undefined && !without.has(name)),
    );
  };
  return {
    bodyFor: (request, extraBody) => ({
      model: request.model,
      messages: messagesOf(request),
      ...ownFields(request),
      ...extraBody,
    }),
    refuse(request, param, extraBody = {}) {
      if (param === null || !ADJUSTABLE.has(param) || param in extraBody) return false;
      const known = refused.get(request.model) ?? new Set<string>();
      refused.set(request.model, known.add(param));
      return true;
    },
  };
}

function messagesOf({ systemPrompt, prompt, images }: CompletionRequest) {
  const content =
    images.length === 0
      ? prompt
      : [{ type: 'text', text: prompt }, ...images.map((url) => ({ type: 'image_url', image_url: { url } }))];
  return [...(systemPrompt ? [{ role: 'system', content: systemPrompt }] : []), { role: 'user', content }];
}
