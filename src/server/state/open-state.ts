// Where a gateway's state lives: a folder of its own, or a Redis that several gateways share.
import type { GatewayState } from './gateway-state.js';

/** Throws `VSR_FILE` where the folder cannot be used or another gateway uses it, `VSR_USAGE` where Redis does not answer. */
export async function openState(where: string, onWarning?: (sentence: string) => void): Promise<GatewayState> {
  if (/^rediss?:\/\//i.test(where)) return (await import('./redis-state.js')).openRedisState(where, onWarning);
  return (await import('./file-state.js')).openFileState(where, undefined, onWarning);
}
