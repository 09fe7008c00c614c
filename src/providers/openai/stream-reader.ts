// Reads a streamed chat completion while it comes in: data: {"choices":[{"delta":{"content":"4"},"finish_reason":null}]} … data: [DONE]
import type { BodyWatch } from '../../http/client.js';
import { createEventReader } from '../../http/server-sent-events.js';
import { glimpse, isObject, type Json, parsed } from '../json.js';
import { brokenStream, type ReadFailure } from '../read-failure.js';
import { type ReadReply, readCompletion, textOf } from './reply.js';

export interface StreamReader extends BodyWatch {
  /** false: a whole completion (or an error) came instead of a stream; it stands in the body. */
  readonly isStream: boolean;
  /** After the last byte: what came, or why it is no answer. */
  read(promptLength: number): ReadReply | { readonly failure: ReadFailure };
}

/** A reader for one attempt; `onText` gets each piece of the answer. */
export function createStreamReader(onText: ((piece: string) => void) | undefined): StreamReader {
  let isStream: boolean | undefined;
  const got = { content: '', refusal: '', reasoning: '' };
  let finish: unknown = null;
  let usage: unknown;
  let model: unknown;
  let error: unknown;
  let odd: string | undefined;
  let whole: Json | undefined;

  const takeChoice = (choice: Json) => {
    if (isObject(choice.error)) error ??= choice;
    if (isObject(choice.message)) whole = choice;
    const delta = isObject(choice.delta) ? choice.delta : {};
    const content = textOf(delta.content);
    got.content += content;
    got.refusal += textOf(delta.refusal);
    got.reasoning += textOf(delta.reasoning_content) || textOf(delta.reasoning);
    if (content !== '') onText?.(content);
    finish = choice.finish_reason ?? finish;
  };
  const events = createEventReader((data) => {
    if (data.trim() === '[DONE]') return;
    const chunk = parsed(data);
    if (!isObject(chunk)) {
      odd ??= data;
      return;
    }
    if (chunk.error !== undefined && chunk.error !== null) error ??= chunk;
    usage = chunk.usage ?? usage;
    model = chunk.model ?? model;
    const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (isObject(choice)) takeChoice(choice);
  });
  const begun = () => got.content !== '' || got.refusal !== '' || got.reasoning !== '';
  return {
    push(text) {
      // Whatever the content type says: JSON and HTML begin with a bracket, no line of a stream does.
      if (isStream === undefined && text.trim() !== '') isStream = !/^\s*[{[<]/.test(text);
      if (isStream) events.push(text);
    },
    get begun() {
      return begun();
    },
    get complete() {
      return finish !== null;
    },
    get isStream() {
      return isStream === true;
    },
    read(promptLength) {
      events.end();
      if (error !== undefined) return { error };
      if (finish === null) {
        if (odd !== undefined) return { error: `expected a piece of a chat completion, got ${glimpse(odd)}` };
        return { failure: brokenStream('the stream ended before the answer did') };
      }
      const { content, refusal, reasoning } = got;
      const message = begun() ? { content, refusal, reasoning_content: reasoning } : whole?.message;
      return readCompletion({ model, usage, choices: [{ message, finish_reason: finish }] }, promptLength);
    },
  };
}
