// Keeps web pages away from a gateway on this machine: a name that was bent to 127.0.0.1 is still a foreign name.
import type { VsrConfig } from '../config/schema.js';
import { isLoopbackHost } from '../providers/homes.js';
import { ApiError } from './api-error.js';

/** Throws `ApiError` 421 where a gateway on the loopback without keys is asked under a foreign name, 403 for a page of a foreign origin. */
export function checkHost(request: Request, { host, hosts, cors, apiKey, keys }: VsrConfig['serve']): void {
  const { hostname, origin } = new URL(request.url);
  const open = apiKey === undefined && keys.length === 0;
  if (open && isLoopbackHost(bracketed(host)) && !isLoopbackHost(hostname) && !hosts.includes(hostname)) {
    throw new ApiError(421, `This gateway answers on ${host} alone (serve.hosts names others).`, {
      code: 'misdirected',
    });
  }
  const from = request.headers.get('origin');
  if (from !== null && open && from !== origin && !cors.includes(from) && !cors.includes('*')) {
    throw new ApiError(403, 'Pages of other origins may not ask this gateway (serve.cors).', {
      code: 'foreign_origin',
    });
  }
}

export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
