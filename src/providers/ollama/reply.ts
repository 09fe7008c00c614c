// Reads Ollama's chat reply, whole or one JSON object a line; the last one: {"model":"…","message":{…},"done":true,"done_reason":"stop","load_duration":3e9,"prompt_eval_count":26,"eval_count":298}
import type { BodyWatch } from '../../http/client.js';
import { glimpse, isObject, type Json, parsed } from '../json.js';
import type { Completion, FinishReason } from '../provider.js';
import { brokenStream, type ReadFailure, readFailure } from '../read-failure.js';

export type OllamaRead =
  | { readonly answer: Omit<Completion, 'latency' | 'attempts' | 'ttft'> }
  | { readonly failure: ReadFailure };

export interface OllamaReader extends BodyWatch {
  /** After the last byte. `promptTokens` as estimated, for a server that counts them only in part. */
  read(promptTokens: number): OllamaRead;
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' };

/** A count far below the estimate: the server had the rest of the prompt in its cache and did not count it. */
const COUNTED_IN_PART = 1 / 3;

/** A reader for one attempt, of a whole reply too; `onText` gets each piece of the answer. */
export function createOllamaReader(onText: ((piece: string) => void) | undefined): OllamaReader {
  let rest = '';
  let content = '';
  let thinking = '';
  let last: Json | undefined;
  let failure: ReadFailure | undefined;
  const take = (line: string) => {
    if (line.trim() === '') return;
    const json = parsed(line);
    if (!isObject(json)) failure ??= readFailure(200, `expected a chat reply, got ${glimpse(line)}`);
    else if (json.error !== undefined) failure ??= readFailure(200, json);
    else {
      const message = isObject(json.message) ? json.message : {};
      const piece = typeof message.content === 'string' ? message.content : '';
      content += piece;
      if (typeof message.thinking === 'string') thinking += message.thinking;
      if (piece !== '') onText?.(piece);
      if (json.done === true) last = json;
    }
  };
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) take(line);
    },
    get begun() {
      return content !== '' || thinking !== '';
    },
    get complete() {
      return last !== undefined;
    },
    read(promptTokens) {
      take(rest);
      rest = '';
      if (failure) return { failure };
      if (!last) return { failure: brokenStream('the reply ended before the answer did') };
      return { answer: answerOf(last, content, thinking, promptTokens) };
    },
  };
}

function answerOf(last: Json, text: string, reasoning: string, promptTokens: number) {
  const counted = amount(last.prompt_eval_count);
  const inputTokens = counted === null || counted < promptTokens * COUNTED_IN_PART ? promptTokens : counted;
  const outputTokens = amount(last.eval_count);
  const estimated = inputTokens !== counted || outputTokens === null;
  const load = amount(last.load_duration);
  return {
    text,
    ...(reasoning && { reasoning }),
    finishReason: FINISH_REASONS[String(last.done_reason)] ?? 'unknown',
    inputTokens,
    outputTokens: outputTokens ?? Math.ceil((text.length + reasoning.length) / 4),
    ...(typeof last.model === 'string' && { servedModel: last.model }),
    ...(load !== null && { loadTime: load / 1e6 }),
    flags: estimated ? ['tokens_estimated'] : [],
  };
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
