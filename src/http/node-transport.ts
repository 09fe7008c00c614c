// One POST over node:http or node:https with connections that are kept: a gateway spends less on it than on fetch and its web streams.
import { request as askHttp, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as askHttps, Agent as HttpsAgent } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type HandedOn, type HandedOnBody, handedOnHeaders } from './handed-on.js';

/** Milliseconds: most servers close what has been idle for 5 s, and a call must not meet that close. A server's own hint wins if shorter. */
const IDLE_MS = 4000;
/** Milliseconds; a server that is not there must leave time to ask another. */
const CONNECT_MS = 10_000;

const OPTIONS = { keepAlive: true, timeout: IDLE_MS };
const AGENTS = { http: new HttpAgent(OPTIONS), https: new HttpsAgent(OPTIONS) };

/**
 * Resolves with the headers, whatever the status; redirects are not followed. The signal ends the call also after that.
 * Rejects with the system's error (`code`), or a `TypeError` for a URL or header that cannot be sent.
 */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<HandedOn> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const call = (secure ? askHttps : askHttp)(url, {
      method: 'POST',
      agent: secure ? AGENTS.https : AGENTS.http,
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'vsr',
        ...headers,
        'content-length': String(Buffer.byteLength(body)),
      },
    });
    const abort = () => call.destroy(new Error('The call was aborted.'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    call.once('socket', (socket) => {
      if (!socket.connecting) return;
      const late = () => call.destroy(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' }));
      const timer = setTimeout(late, CONNECT_MS);
      const stop = () => clearTimeout(timer);
      socket.once(secure ? 'secureConnect' : 'connect', stop).once('close', stop);
    });
    call.on('close', () => signal.removeEventListener('abort', abort));
    call.on('error', reject);
    call.on('response', (reply) => {
      const pairs = Object.entries(reply.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : [],
      );
      resolve({ status: reply.statusCode!, headers: handedOnHeaders(pairs), body: bodyOf(reply) });
    });
    call.end(body);
  });
}

function bodyOf(reply: IncomingMessage): HandedOnBody {
  return {
    whole: () => wholeOf(decoded(reply)),
    pieces: () => decoded(reply)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
  };
}

/** Nothing compressed was asked for; some servers send it all the same. */
function decoded(reply: IncomingMessage): Readable {
  // What has come is given on at once: a stream of events must not wait for a block of gzip to be full.
  const zlib = { flush: constants.Z_SYNC_FLUSH };
  const decoder = {
    gzip: () => createGunzip(zlib),
    'x-gzip': () => createGunzip(zlib),
    deflate: () => createInflate(zlib),
    br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  }[(reply.headers['content-encoding'] ?? '').trim().toLowerCase()];
  return decoder ? pipeline(reply, decoder(), () => {}) : reply;
}

function wholeOf(stream: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const broken = () => reject(stream.errored ?? new Error('the connection was closed'));
    if (stream.destroyed) return broken();
    const chunks: Buffer[] = [];
    stream
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
      .on('error', reject)
      .on('close', () => stream.readableEnded || broken());
  });
}
