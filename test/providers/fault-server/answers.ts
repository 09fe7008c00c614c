// Behaviours that answer: as a well-behaved server does, and in every odd form that is still an answer.
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Behaviour } from './fault-server.js';

export interface AnswerOptions {
  readonly finish?: string | null;
  readonly message?: object;
  /** null: no usage at all. */
  readonly usage?: object | null;
  readonly model?: string;
}

export const USAGE = { prompt_tokens: 12, completion_tokens: 1, total_tokens: 13 };

/** A chat completion, as JSON or as a stream, whichever was asked for. */
export function answer(text: string | null = '4', options: AnswerOptions = {}): Behaviour {
  return (response, asked) => (asked.stream ? stream(text, options) : whole(text, options))(response, asked);
}

/** As JSON, also where a stream was asked for. */
export function whole(text: string | null = '4', options: AnswerOptions = {}): Behaviour {
  return json(completion(text, options));
}

export function completion(
  text: string | null,
  { finish = 'stop', message = {}, usage = USAGE, model = 'served-1' }: AnswerOptions = {},
) {
  return {
    id: 'x',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text, ...message }, finish_reason: finish }],
    ...(usage && { usage }),
  };
}

/** Any body as JSON under HTTP 200. */
export function json(body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function gzipped(text = '4'): Behaviour {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify(completion(text))));
  };
}

/** The chunks of a stream: the text in two deltas, the end, the usage. */
export function chunksOf(text: string | null, options: AnswerOptions = {}): object[] {
  const { finish = 'stop', message = {}, usage = USAGE, model = 'served-1' } = options;
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id: 'x',
    model,
    choices: [{ index: 0, delta, finish_reason }],
  });
  const letters = [...(text ?? '')];
  const half = Math.ceil(letters.length / 2);
  const parts = text === null ? [] : [letters.slice(0, half).join(''), letters.slice(half).join('')];
  return [
    chunk({ role: 'assistant', content: '', ...message }),
    ...parts.filter((part) => part !== '').map((content) => chunk({ content })),
    ...(finish === null ? [] : [chunk({}, finish)]),
    ...(usage ? [{ id: 'x', model, choices: [], usage }] : []),
  ];
}

export interface StreamForm {
  readonly newline?: '\n' | '\r\n' | '\r';
  /** Comment lines before every event. */
  readonly comments?: boolean;
  /** Every event's JSON spread over several data lines. */
  readonly manyLines?: boolean;
  /** Every byte in a write of its own, so that characters are cut apart. */
  readonly byteByByte?: boolean;
  readonly done?: boolean;
  /** Milliseconds between events. */
  readonly dripMs?: number;
  readonly contentType?: string;
  /** After the last event the connection stays open. */
  readonly staysOpen?: boolean;
}

export function stream(text: string | null = '4', options: AnswerOptions = {}, form: StreamForm = {}): Behaviour {
  return events(chunksOf(text, options), form);
}

/** Any events as server-sent events. */
export function events(list: readonly object[], form: StreamForm = {}): Behaviour {
  const { newline = '\n', comments = false, manyLines = false, byteByByte = false, done = true } = form;
  const { dripMs = 0, contentType = 'text/event-stream', staysOpen = false } = form;
  const lines = (event: object) => (manyLines ? JSON.stringify(event, null, 1).split('\n') : [JSON.stringify(event)]);
  const frames = [...list.map(lines), ...(done ? [['[DONE]']] : [])].map((data) =>
    [...(comments ? [': PROCESSING', ''] : []), ...data.map((line) => `data: ${line}`), '', ''].join(newline),
  );
  return async (response) => {
    response.on('error', () => {});
    response.writeHead(200, { 'content-type': contentType });
    for (const frame of frames) {
      const bytes = Buffer.from(frame);
      const writes = byteByByte ? Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)) : [bytes];
      for (const write of writes) {
        response.write(write);
        if (byteByByte) await new Promise((resolve) => setImmediate(resolve));
      }
      if (dripMs > 0) await setTimeout(dripMs);
      if (response.destroyed) return;
    }
    if (!staysOpen) response.end();
  };
}
