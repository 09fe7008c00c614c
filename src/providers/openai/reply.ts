// Reads a chat completion: {"model":"…","choices":[{"message":{"content":"4"},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":1}}
import { glimpse, isObject, type Json, parsed } from '../json.js';
import type { Completion, FinishReason } from '../provider.js';

/** A completion without what only the call itself knows. */
export type Answer = Omit<Completion, 'latency' | 'attempts' | 'ttft'>;

export type ReadReply =
  | { readonly answer: Answer }
  /** An error object, or a sentence about what is not a completion. */
  | { readonly error: unknown };

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  content_filter: 'filter',
  error: 'error',
};

/** The body of a reply with HTTP 200. `promptLength` in characters, for servers that count no tokens. */
export function readReply(body: string, promptLength: number): ReadReply {
  const json = parsed(body);
  return isObject(json) ? readCompletion(json, promptLength) : { error: notACompletion(body) };
}

/** A chat completion as an object. */
export function readCompletion(json: Json, promptLength: number): ReadReply {
  if (json.error !== undefined && json.error !== null) return { error: json };
  const choice: unknown = Array.isArray(json.choices) ? json.choices[0] : undefined;
  if (!isObject(choice)) {
    const says = ['detail', 'message', 'title'].some((key) => key in json);
    return { error: says ? json : notACompletion(JSON.stringify(json)) };
  }
  if (isObject(choice.error)) return { error: choice };
  const message = isObject(choice.message) ? choice.message : {};
  const refusal = textOf(message.refusal);
  const text = refusal || textOf(message.content);
  const reasoning = textOf(message.reasoning_content) || textOf(message.reasoning);
  const usage = isObject(json.usage) ? json.usage : {};
  const inputTokens = count(usage.prompt_tokens);
  const outputTokens = count(usage.completion_tokens);
  const cachedTokens = count(inside(usage, 'prompt_tokens_details').cached_tokens);
  const reasoningTokens = count(inside(usage, 'completion_tokens_details').reasoning_tokens);
  const estimated = inputTokens === null || outputTokens === null;
  return {
    answer: {
      text,
      ...(reasoning && { reasoning }),
      finishReason: FINISH_REASONS[String(choice.finish_reason)] ?? 'unknown',
      inputTokens: inputTokens ?? Math.ceil(promptLength / 4),
      outputTokens: outputTokens ?? Math.ceil((text.length + reasoning.length) / 4),
      ...(cachedTokens !== null && { cachedTokens }),
      ...(reasoningTokens !== null && { reasoningTokens }),
      ...(typeof json.model === 'string' && { servedModel: json.model }),
      ...(count(usage.cost) !== null && { reportedCost: usage.cost as number }),
      flags: [...(estimated ? ['tokens_estimated'] : []), ...(refusal ? ['refusal'] : [])],
    },
  };
}

export function notACompletion(body: string): string {
  return `expected a chat completion, got ${glimpse(body)}`;
}

/** Some servers send the content in parts: [{"type":"text","text":"4"}]. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value.map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : '')).join('');
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function inside(object: Json, key: string): Json {
  return isObject(object[key]) ? object[key] : {};
}
