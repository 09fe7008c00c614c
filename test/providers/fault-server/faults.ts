// Behaviours that fail: statuses with every form of Retry-After, silence, cut connections, bodies that are no completion.
import { chunksOf, completion, events } from './answers.js';
import type { Behaviour } from './fault-server.js';

/** A status with an error body in OpenAI's form, or with the body as given. */
export function status(code: number, headers: Record<string, string> = {}, body?: unknown): Behaviour {
  const text =
    body === undefined
      ? JSON.stringify({ error: { message: `status ${code}` } })
      : typeof body === 'string'
        ? body
        : JSON.stringify(body);
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(text);
  };
}

/** No header ever comes. */
export const silence: Behaviour = () => {};

/** The connection is cut before the headers. */
export const hangUp: Behaviour = (response) => void response.destroy();

/** The connection is reset in the middle of the body. */
export const cutInTheMiddle: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"choices":[{"mess', () => response.destroy());
};

/** JSON that ends too early, in a reply that ends properly. */
export const truncatedJson: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(completion('4')).slice(0, 40));
};

/** An HTML page under HTTP 200. */
export const webPage: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<html><body>Bad gateway</body></html>');
};

/** A body one byte at a time, never ending. */
export function drip(everyMs: number): Behaviour {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), everyMs);
    response.on('error', () => {});
    response.once('close', () => clearInterval(timer));
  };
}

/** An error as an event after the first words. */
export function errorMidway(error: object = { message: 'lost', code: 502 }): Behaviour {
  return events([...chunksOf('42', { finish: null, usage: null }), { error }], { done: false });
}

/** A stream that ends properly before it has finished. */
export const unfinishedStream: Behaviour = events(chunksOf('42', { finish: null, usage: null }), { done: false });

/** A stream whose connection is cut after the first words. */
export const cutStream: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`data: ${JSON.stringify(chunksOf('42')[1])}\n\n`, () => response.destroy());
};

export function redirect(location: string, code = 307): Behaviour {
  return (response) => {
    response.writeHead(code, { location });
    response.end();
  };
}
