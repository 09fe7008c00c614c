// The shared state in Redis: the list vsr:feedback, the channel vsr:feedback-grew, and vsr:decision:… and vsr:session:… with a time to live.
import { createClient, ErrorReply, MultiErrorReply } from 'redis';
import { VsrError } from '../../errors/vsr-error.js';
import { SCHEMA, ServerAway, type SharedStore, type StoreEvents } from './shared-store.js';

const PREFIX = 'vsr:';
const FEEDBACK = `${PREFIX}feedback`;
const GREW = `${PREFIX}feedback-grew`;
const VERSION = `${PREFIX}schema`;

/** Opens two connections, one to ask and one to listen. Throws `VSR_STATE` where no Redis answers, lets nobody in, or holds another version. */
export async function openRedisStore(url: string, shown: string, events: StoreEvents): Promise<SharedStore> {
  let open = false;
  const reconnect = (tries: number, cause: Error) => (open ? Math.min(2000, 50 * 2 ** tries) : cause);
  // The pings notice a server that fell silent; what cannot be sent now is for the caller to repeat.
  const settings = {
    url,
    disableOfflineQueue: true,
    pingInterval: 10_000,
    socket: { connectTimeout: 5000, socketTimeout: 25_000, reconnectStrategy: reconnect },
  };
  const client = await connected(() => createClient(settings), shown);
  const listener = client.duplicate();
  for (const each of [client, listener]) {
    each.on('error', (error: Error) => open && events.away(error.message || 'the connection broke'));
    each.on('ready', () => open && client.isReady && listener.isReady && events.returned());
  }
  const close = async () => {
    open = false;
    for (const each of [listener, client]) if (each.isOpen) each.destroy();
  };
  try {
    await listener.connect();
    await listener.subscribe(GREW, () => events.grew());
    const [, version] = await client.multi().setNX(VERSION, String(SCHEMA)).get(VERSION).exec();
    if (String(version) !== String(SCHEMA)) {
      throw new VsrError(
        'VSR_STATE',
        `${shown} holds the state of another version (${version}, here it is ${SCHEMA}).`,
        {
          hint: 'Run the same version everywhere, or name another database.',
        },
      );
    }
  } catch (cause) {
    await close();
    throw cause instanceof VsrError ? cause : unusable(shown, firstOf(cause as Error));
  }
  open = true;
  const ask = async <T>(command: () => Promise<T>): Promise<T> => {
    if (!client.isReady) throw new ServerAway('the server is away', false);
    try {
      return await command();
    } catch (error) {
      throw told(firstOf(error as Error));
    }
  };
  return {
    async append(lines) {
      await ask(() =>
        client
          .multi()
          .rPush(FEEDBACK, [...lines])
          .publish(GREW, '')
          .exec(),
      );
    },
    read: (from, most) =>
      ask(async () => {
        const [length, lines] = await client
          .multi()
          .lLen(FEEDBACK)
          .lRange(FEEDBACK, from, from + most - 1)
          .execTyped();
        return { length, lines };
      }),
    async put(entries) {
      await ask(() =>
        Promise.all(
          entries.map(({ key, value, seconds }) =>
            client.set(PREFIX + key, value, { expiration: { type: 'EX', value: seconds } }),
          ),
        ),
      );
    },
    get: async (key) => (await ask(() => client.get(PREFIX + key))) ?? undefined,
    close,
  };
}

type Client = ReturnType<typeof createClient>;

async function connected(create: () => Client, shown: string): Promise<Client> {
  try {
    const client = create();
    client.on('error', () => {}); // the promise says it
    await client.connect();
    return client;
  } catch (cause) {
    throw unusable(shown, cause as Error);
  }
}

/** What a server answers is its own word, without what it was asked; anything else means that it did not answer. */
function unusable(shown: string, cause: Error): VsrError {
  if (/^(WRONGPASS|NOAUTH|NOPERM)|no password is set/.test(cause.message)) {
    return new VsrError('VSR_STATE', `${shown} refuses the user or the password.`, {
      hint: 'Expected redis://user:password@host:port/0; see --state.',
      cause,
    });
  }
  if (/DB index is out of range|invalid DB index/i.test(cause.message)) {
    return new VsrError('VSR_STATE', `${shown} has no database of that number.`, { hint: 'Usually it is 0.', cause });
  }
  if (cause instanceof ErrorReply) {
    return new VsrError('VSR_STATE', `${shown} cannot keep state: ${cause.message}.`, { hint: 'See --state.', cause });
  }
  if (cause instanceof TypeError) {
    return new VsrError('VSR_STATE', `${shown} is no address of a Redis.`, {
      hint: 'Expected redis://user:password@host:port/0.',
      cause,
    });
  }
  return new VsrError('VSR_STATE', `${shown} does not answer as Redis.`, {
    hint: 'Is it running, at that address? See --state.',
    cause,
  });
}

/** Of several commands that went together. */
function firstOf(error: Error): Error {
  return error instanceof MultiErrorReply ? ([...error.errors()][0] ?? error) : error;
}

/** A server that is still loading has done nothing. */
function told(error: Error): Error {
  if (!(error instanceof ErrorReply)) return new ServerAway(error.message || 'the connection broke', true, error);
  return error.message.startsWith('LOADING') ? new ServerAway('it is loading its data', false, error) : error;
}
