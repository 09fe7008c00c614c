// Where a gateway's state lives: a folder of its own, or a Redis that several gateways share.
import { VsrError } from '../../errors/vsr-error.js';
import type { GatewayState } from './gateway-state.js';

/** Throws `VSR_FILE` where the folder cannot be used or another gateway uses it, `VSR_USAGE` where Redis does not answer or another server is named. */
export async function openState(where: string, onWarning?: (sentence: string) => void): Promise<GatewayState> {
  if (/^rediss?:\/\//i.test(where)) return (await import('./redis-state.js')).openRedisState(where, onWarning);
  const [scheme] = /^[a-z][a-z0-9+.-]+(?=:\/\/)/i.exec(where) ?? [];
  if (scheme !== undefined) {
    throw new VsrError('VSR_USAGE', `State is kept in a folder or in Redis, not in ${scheme}://….`, {
      hint: 'Give --state a folder, or redis://host:port where several gateways share it.',
    });
  }
  return (await import('./file-state.js')).openFileState(where, undefined, onWarning);
}
