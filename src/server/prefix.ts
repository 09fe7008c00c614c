// The model's name before its text, for who wants to see at a glance who answers.
import { isObject, parsed } from '../providers/json.js';

/** A whole chat completion with `[alias] ` before each choice's text; anything else as it is. */
export function prefixedText(body: string, alias: string): string {
  const json = parsed(body);
  if (!isObject(json) || !Array.isArray(json.choices)) return body;
  const choices = json.choices.map((choice) => {
    const message = isObject(choice) ? choice.message : undefined;
    if (!isObject(message) || typeof message.content !== 'string') return choice;
    return { ...choice, message: { ...message, content: `[${alias}] ${message.content}` } };
  });
  return JSON.stringify({ ...json, choices });
}

/** Of a stream the first event with text gets it; the rest passes untouched. */
export function prefixedStream(alias: string): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let held = '';
  let done = false;
  return new TransformStream({
    transform(chunk, controller) {
      if (done) {
        // Through the same decoder: a character may have been cut in two.
        controller.enqueue(encoder.encode(decoder.decode(chunk, { stream: true })));
        return;
      }
      held += decoder.decode(chunk, { stream: true });
      for (let end = held.indexOf('\n'); end >= 0 && !done; end = held.indexOf('\n')) {
        const line = held.slice(0, end + 1);
        held = held.slice(end + 1);
        const changed = prefixedLine(line, alias);
        done = changed !== line;
        controller.enqueue(encoder.encode(changed));
      }
      if (done && held !== '') {
        controller.enqueue(encoder.encode(held));
        held = '';
      }
    },
    flush(controller) {
      if (held !== '') controller.enqueue(encoder.encode(held));
    },
  });
}

function prefixedLine(line: string, alias: string): string {
  const json = line.startsWith('data:') ? parsed(line.slice(5)) : undefined;
  const choice = isObject(json) && Array.isArray(json.choices) ? json.choices[0] : undefined;
  const delta = isObject(choice) ? choice.delta : undefined;
  if (!isObject(json) || !isObject(delta) || typeof delta.content !== 'string' || delta.content === '') return line;
  const changed = { ...choice, delta: { ...delta, content: `[${alias}] ${delta.content}` } };
  return `data: ${JSON.stringify({ ...json, choices: [changed, ...(json.choices as unknown[]).slice(1)] })}\n`;
}
