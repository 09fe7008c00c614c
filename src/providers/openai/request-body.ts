// The body of a chat completion request, without the fields that a model has refused before.
import type { CompletionRequest } from '../provider.js';

export type RequestBody = Readonly<Record<string, unknown>>;

export interface RequestBodies {
  /** `extraBody` is merged last; the request's images must be URLs. */
  bodyFor(request: CompletionRequest, extraBody: RequestBody | undefined): RequestBody;
  /** Remembers that the model refuses a field; true if the next body will be without it. What `extraBody` asks for stays. */
  refuse(request: CompletionRequest, param: string | null, extraBody: RequestBody | undefined): boolean;
}

/** Reasoning models want max_completion_tokens and no temperature; some servers know no seed or no stream. Each says so once. */
const ADJUSTABLE: ReadonlySet<string> = new Set(['max_tokens', 'temperature', 'seed', 'stream', 'stream_options']);

export function requestBodies(): RequestBodies {
  const refused = new Map<string, Set<string>>();
  const ownFields = (request: CompletionRequest) => {
    const without = refused.get(request.model) ?? new Set();
    const limit = without.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens';
    const fields: Record<string, unknown> = {
      [limit]: request.maxTokens,
      temperature: request.temperature,
      seed: request.seed,
      ...(request.stream && !without.has('stream') && { stream: true, stream_options: { include_usage: true } }),
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
      const field = param?.replace(/^stream_options\..*/, 'stream_options') ?? '';
      // Refused although it was not sent: dropping it again would ask the same for ever.
      if (!ADJUSTABLE.has(field) || field in extraBody || refused.get(request.model)?.has(field)) return false;
      const known = refused.get(request.model) ?? new Set<string>();
      refused.set(request.model, known.add(field));
      return true;
    },
  };
}

function messagesOf({ systemPrompt, earlier = [], prompt, images }: CompletionRequest) {
  const content =
    images.length === 0
      ? prompt
      : [{ type: 'text', text: prompt }, ...images.map((url) => ({ type: 'image_url', image_url: { url } }))];
  return [
    ...(systemPrompt ? [{ role: 'system', content: systemPrompt }] : []),
    ...earlier.map(({ role, text }) => ({ role, content: text })),
    { role: 'user', content },
  ];
}
