// Puts a gateway on a port: limits on slow and large heads, no open door without a key, an end that waits for what has begun.
import { serve as startServer } from '@hono/node-server';
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';
import { isLoopbackHost } from '../providers/homes.js';
import type { Gateway } from './gateway.js';
import { bracketed } from './host-check.js';

export interface Listening {
  /** http://host:port */
  readonly url: string;
  readonly port: number;
  /** No new requests; those that have begun get `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** Milliseconds; who is slower is sent away. */
export interface ListenLimits {
  readonly headers: number;
  /** Head and body together. */
  readonly request: number;
  /** Between two requests of one connection. */
  readonly idle: number;
  /** Between two looks at who is too slow. */
  readonly look: number;
}

const LIMITS: ListenLimits = { headers: 15_000, request: 60_000, idle: 65_000, look: 1000 };

/** Throws `VSR_USAGE` where strangers could come in without a key. */
export function requireKeyOffLoopback({ host, apiKey, keys }: VsrConfig['serve']): void {
  if (isLoopbackHost(bracketed(host)) || apiKey !== undefined || keys.length > 0) return;
  throw new VsrError('VSR_USAGE', `On ${host} everybody who reaches this machine could ask your models.`, {
    hint: 'Set --api-key (in vsr.yaml: serve.api_key, as a variable of the environment), or stay on 127.0.0.1.',
  });
}

/** Throws `VSR_USAGE` for a port that is taken or forbidden. */
export async function listen(
  gateway: Pick<Gateway, 'fetch'>,
  { host, port }: Pick<VsrConfig['serve'], 'host' | 'port'>,
  limits: ListenLimits = LIMITS,
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = startServer(
      {
        fetch: gateway.fetch,
        hostname: host,
        port,
        serverOptions: {
          headersTimeout: limits.headers,
          requestTimeout: limits.request,
          keepAliveTimeout: limits.idle,
          connectionsCheckingInterval: limits.look,
          maxHeaderSize: 16_384,
          insecureHTTPParser: false,
        },
      },
      (info) => {
        server.off('error', refused);
        resolve({
          url: `http://${bracketed(host)}:${info.port}`,
          port: info.port,
          close: (graceMs = 10_000) =>
            new Promise((closed) => {
              const timer = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs);
              server.close(() => {
                clearTimeout(timer);
                closed();
              });
              if ('closeIdleConnections' in server) server.closeIdleConnections();
            }),
        });
      },
    );
    const refused = (error: NodeJS.ErrnoException) =>
      reject(
        new VsrError(
          'VSR_USAGE',
          `${bracketed(host)}:${port} cannot be listened on (${error.code ?? error.message}).`,
          {
            hint: 'Choose another --port; 0 takes any free one.',
            cause: error,
          },
        ),
      );
    server.once('error', refused);
  });
}
