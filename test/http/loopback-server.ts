// A server on the loopback for one test file: it answers from a script and remembers what it was asked.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A reply, or what to do with the socket instead: silence, a cut before or in the middle of the body. */
export type Scripted = ScriptedReply | 'silence' | 'hang-up' | 'half' | ((asked: Asked) => ScriptedReply | 'silence');

export interface LoopbackServer {
  readonly origin: string;
  /** Replies in order; the last one repeats. */
  script(...replies: Scripted[]): void;
  /** Since the last `script`. */
  readonly asked: Asked[];
}

export async function loopbackServer(): Promise<LoopbackServer> {
  let replies: Scripted[] = [];
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const entry = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      asked.push(entry);
      answer(response, replies[Math.min(asked.length, replies.length) - 1] ?? { status: 500 }, entry);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    script(...next) {
      replies = next;
      asked.length = 0;
    },
  };
}

function answer(response: ServerResponse, script: Scripted, asked: Asked): void {
  const scripted = typeof script === 'function' ? script(asked) : script;
  if (scripted === 'silence') return;
  if (scripted === 'hang-up') return void response.destroy();
  if (scripted === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"choices":', () => response.destroy());
    return;
  }
  const { status = 200, headers = {}, body = '' } = scripted;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}
