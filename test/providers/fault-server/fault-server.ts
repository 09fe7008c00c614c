// A scripted language model server on the loopback, over real sockets: a script says per request what goes wrong, and it counts
// who asked what with which key. It needs no test runner, so that soak tests and benches can start it too.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface AskedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as JSON; {} where it is none. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly model: string;
  /** The text of the last message. */
  readonly prompt: string;
  readonly stream: boolean;
  /** 1 for the first time that this model is asked this prompt, 2 for the second … */
  readonly nth: number;
}

/** What is done with one request; `answers.ts` and `faults.ts` hold the usual ones. */
export type Behaviour = (response: ServerResponse, asked: AskedCall) => void;

export interface FaultServer {
  /** http://127.0.0.1:port */
  readonly origin: string;
  /** The origin with /v1: a base_url. */
  readonly url: string;
  readonly port: number;
  /** Every request since the start or the last `script`, unless `remember` is false. */
  readonly asked: readonly AskedCall[];
  /** How often each model was asked each prompt: `model\nprompt` → count. */
  readonly counts: ReadonlyMap<string, number>;
  /** Requests by `authorization` header ('' without one). */
  readonly perKey: ReadonlyMap<string, number>;
  /** The most requests that were open at a time. */
  readonly mostOpen: number;
  /** Another script, counts from zero. */
  script(next: Script): void;
  /** Behaviours in order; the last one repeats. */
  scriptInOrder(...behaviours: readonly Behaviour[]): void;
  /** Also cuts what is still open. */
  close(): Promise<void>;
}

export type Script = (asked: AskedCall) => Behaviour;

export interface FaultServerOptions {
  /** false: only counts, for long runs. */
  readonly remember?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export async function faultServer(script: Script, options: FaultServerOptions = {}): Promise<FaultServer> {
  const { remember = true, tls } = options;
  const asked: AskedCall[] = [];
  const counts = new Map<string, number>();
  const perKey = new Map<string, number>();
  let [current, open, mostOpen] = [script, 0, 0];

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    mostOpen = Math.max(mostOpen, ++open);
    response.once('close', () => open--);
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const call = readCall(request, Buffer.concat(chunks).toString(), counts);
      if (remember) asked.push(call);
      const key = request.headers.authorization ?? '';
      perKey.set(key, (perKey.get(key) ?? 0) + 1);
      current(call)(response, call);
    });
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const scriptNext = (next: Script) => {
    current = next;
    asked.length = 0;
    counts.clear();
    perKey.clear();
    mostOpen = open;
  };
  return {
    origin,
    url: `${origin}/v1`,
    port,
    asked,
    counts,
    perKey,
    get mostOpen() {
      return mostOpen;
    },
    script: scriptNext,
    scriptInOrder(...behaviours) {
      let next = 0;
      scriptNext(() => behaviours[Math.min(next++, behaviours.length - 1)]!);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readCall(request: IncomingMessage, body: string, counts: Map<string, number>): AskedCall {
  const json = jsonOf(body);
  const model = String(json.model ?? '');
  const prompt = promptOf(json.messages);
  const key = `${model}\n${prompt}`;
  const nth = (counts.get(key) ?? 0) + 1;
  counts.set(key, nth);
  const { method = '', url = '', headers } = request;
  return { method, path: url, headers, body, json, model, prompt, stream: json.stream === true, nth };
}

function jsonOf(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

function promptOf(messages: unknown): string {
  const last = Array.isArray(messages) ? messages.at(-1)?.content : undefined;
  if (typeof last === 'string') return last;
  return Array.isArray(last) ? last.map((part) => part?.text ?? '').join('') : '';
}
