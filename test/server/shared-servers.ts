// Servers of the shared state, each in a folder and on a port of its own, with a password: they can be killed and started again.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = 'se/cr@et';
const ESCAPED = encodeURIComponent(PASSWORD);

export interface SharedServer {
  /** With user and password. */
  readonly url: string;
  readonly port: number;
  /** At once, as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Its data too. */
  remove(): Promise<void>;
}

export interface ServerKind {
  readonly name: string;
  /** Why it cannot be started here. */
  readonly missing: string | null;
  start(): Promise<SharedServer>;
  /** Addresses that do not work, by what is wrong with them. */
  wrong(server: SharedServer): Record<'password' | 'database', string>;
}

const PROGRAMS = postgresPrograms();

export const KINDS: readonly ServerKind[] = [
  {
    name: 'Redis',
    missing: spawnSync('redis-server', ['--version']).status === 0 ? null : 'redis-server is not installed',
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'vsr-redis-'));
      const port = await freePort();
      const flags = ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', PASSWORD];
      const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
      return serverOf(`redis://:${ESCAPED}@127.0.0.1:${port}`, port, folder, () =>
        started(spawn('redis-server', [...flags, ...durable], { cwd: folder }), /Ready to accept/, 'SIGKILL'),
      );
    },
    wrong: ({ url }) => ({ password: url.replace(ESCAPED, `${ESCAPED}x`), database: `${url}/99` }),
  },
  {
    name: 'Postgres',
    missing: PROGRAMS === null ? 'the programs of Postgres are not installed' : null,
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'vsr-postgres-'));
      const port = await freePort();
      const owner = ownerOf(folder);
      const words = join(folder, 'password');
      writeFileSync(words, PASSWORD);
      chmodSync(words, 0o644);
      const data = join(folder, 'data');
      const made = spawnSync(
        join(PROGRAMS!, 'initdb'),
        ['--no-sync', '-A', 'scram-sha-256', '-U', 'vsr', `--pwfile=${words}`, '-E', 'UTF8', '--locale=C', '-D', data],
        { ...owner, cwd: folder, encoding: 'utf8' },
      );
      if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
      const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'];
      return serverOf(`postgres://vsr:${ESCAPED}@127.0.0.1:${port}/postgres`, port, folder, () =>
        // Its processes are told by their parent: killed alone, it would leave them behind.
        started(spawn(join(PROGRAMS!, 'postgres'), flags, { ...owner, cwd: folder }), /ready to accept/, 'SIGQUIT'),
      );
    },
    wrong: ({ url }) => ({
      password: url.replace(ESCAPED, `${ESCAPED}x`),
      database: url.replace(/postgres$/, 'nowhere'),
    }),
  },
];

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

type Running = { kill(): Promise<void> };

async function serverOf(
  url: string,
  port: number,
  folder: string,
  start: () => Promise<Running>,
): Promise<SharedServer> {
  let running = await start();
  return {
    url,
    port,
    kill: () => running.kill(),
    start: async () => {
      running = await start();
    },
    remove: async () => {
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves once it has said that it is ready. */
function started(child: ChildProcess, ready: RegExp, signal: NodeJS.Signals): Promise<Running> {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (text) => {
        said += text;
        if (ready.test(said)) {
          resolve({
            kill() {
              child.kill(signal);
              return exited;
            },
          });
        }
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

/** Debian keeps them apart from the other programs. */
function postgresPrograms(): string | null {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort() : [];
  const folders = [...(process.env.PATH ?? '').split(':'), ...versions.map((v) => `/usr/lib/postgresql/${v}/bin`)];
  return folders.findLast((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** Postgres refuses to run as root: there its own user runs it, in a folder of its own. */
function ownerOf(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const number = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [number('-u'), number('-g')];
  mkdirSync(join(folder, 'data'));
  for (const path of [folder, join(folder, 'data')]) chownSync(path, uid, gid);
  return { uid, gid };
}
