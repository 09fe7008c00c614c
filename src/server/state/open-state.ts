// Where a gateway's state lives: a folder of its own, or a server that several gateways share.
import { VsrError } from '../../errors/vsr-error.js';
import type { GatewayState } from './gateway-state.js';
import type { Patience } from './shared-state.js';
import type { OpenStore } from './shared-store.js';

/** Throws `VSR_FILE` where the folder cannot be used or another gateway uses it, `VSR_STATE` where the server cannot, `VSR_USAGE` for another kind of server. */
export async function openState(
  where: string,
  onWarning?: (sentence: string) => void,
  patience?: Patience,
): Promise<GatewayState> {
  const [scheme] = /^[a-z][a-z0-9+.-]+(?=:\/\/)/i.exec(where) ?? [];
  if (scheme === undefined) return (await import('./file-state.js')).openFileState(where, undefined, onWarning);
  const kind = SERVERS.find(({ schemes }) => schemes.includes(scheme.toLowerCase()));
  if (kind === undefined) {
    throw new VsrError('VSR_USAGE', `State is kept in a folder, in Redis or in Postgres, not in ${scheme}://….`, {
      hint: 'Give --state a folder, or redis://host:port or postgres://host:port/database where several gateways share it.',
    });
  }
  const [open, { openSharedState }] = await Promise.all([kind.load(), import('./shared-state.js')]);
  return openSharedState(open, where, onWarning, patience);
}

/** Loaded only where they are named. */
const SERVERS: readonly { readonly schemes: readonly string[]; readonly load: () => Promise<OpenStore> }[] = [
  { schemes: ['redis', 'rediss'], load: async () => (await import('./redis-store.js')).openRedisStore },
  { schemes: ['postgres', 'postgresql'], load: async () => (await import('./postgres-store.js')).openPostgresStore },
];
