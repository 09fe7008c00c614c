// vsr serve as a process of its own, as it stands in production: it can be killed, reloaded and counted from outside. Needs dist/.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const BIN = join(import.meta.dirname, '../../bin/vsr.js');

export interface ServeProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly post: (path: string, body: unknown) => Promise<Response>;
  /** Megabytes; null where the system does not tell. */
  readonly residentMb: () => number | null;
  end(signal?: NodeJS.Signals): Promise<void>;
}

export async function serveIn(folder: string, flags: readonly string[] = []): Promise<ServeProcess> {
  const child = spawn(
    process.execPath,
    [BIN, 'serve', '--json', '--port', '0', '--set', 'serve.reload_s=0', ...flags],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  afterAll(() => end('SIGKILL'));
  let said = '';
  child.stderr!.on('data', (text) => {
    said += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (piece) => {
      text += piece;
      const found = /"url":\s*"([^"]+)"/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`vsr serve ended with ${code}: ${said}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    child,
    post: (path, body) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    residentMb: () => {
      try {
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1000;
      } catch {
        return null;
      }
    },
    end,
  };
}
