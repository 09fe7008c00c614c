// Runs a command as a child process and hands on its lines, of both streams, as they come.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { VsrError } from '../../errors/vsr-error.js';

export interface ScriptOptions {
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The exit code of a command; replaced in tests. */
export type RunScript = (command: string, args: readonly string[], options: ScriptOptions) => Promise<number>;

/** Throws `VSR_ENGINE` where the command cannot be started, `VSR_ABORTED` where it was stopped: then all it started is stopped too. */
export const runScript: RunScript = (command, args, { onLine, signal }) =>
  new Promise((resolve, reject) => {
    // A group of its own: compilers below it end with it, and it cleans up after itself before it ends.
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stop = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    child.on('error', (cause) => {
      signal?.removeEventListener('abort', stop);
      reject(new VsrError('VSR_ENGINE', `${command} cannot be started (${cause.message}).`, { cause }));
    });
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(new VsrError('VSR_ABORTED', 'Interrupted.'));
      else resolve(code ?? 1);
    });
  });
