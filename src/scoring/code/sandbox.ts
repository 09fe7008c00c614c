// Runs one Python test of one answer: own process group, empty environment, temporary directory, limits, no network where
// the system can forbid it. What is left of the group when the test ends is killed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNNER } from './runner.js';

export interface Sandbox {
  /** Absolute. */
  readonly python: string;
  /** Words before the command that take the network away; empty where the system has none. */
  readonly wrapper: readonly string[];
}

export interface SandboxTask {
  readonly prelude: string;
  readonly program: string;
  readonly test: string;
}

export interface SandboxLimits {
  readonly memoryBytes: number;
  readonly testMs: number;
}

export const SANDBOX_LIMITS: SandboxLimits = { memoryBytes: 256 * 2 ** 20, testMs: 5000 };

export type TestOutcome = 'passed' | 'failed' | 'timeout' | 'interrupted';

const PIPE_LINGERS_MS = 1000;

let found: Sandbox | null | undefined;

/** What this machine offers, looked up once; null without python3. */
export function findSandbox(): Sandbox | null {
  if (found === undefined) found = lookUp();
  return found;
}

/** A directory for the tests of one answer; `remove` it when they are done. */
export function testDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'vsr-code-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** passed only if the test ran to its end: leaving early by sys.exit or os._exit is a failure. Never throws. */
export function runTest(
  sandbox: Sandbox,
  directory: string,
  task: SandboxTask,
  limits: SandboxLimits = SANDBOX_LIMITS,
  signal?: AbortSignal,
): Promise<TestOutcome> {
  const seal = randomBytes(16).toString('hex');
  const [command, ...words] = [...sandbox.wrapper, sandbox.python, '-I', '-B', '-c', RUNNER];
  return new Promise((resolve) => {
    const child = spawn(command!, words, {
      cwd: directory,
      env: {},
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let output = '';
    let ended: TestOutcome | undefined;
    const end = (outcome: TestOutcome) => {
      ended ??= outcome;
      killGroup(child);
    };
    const timer = setTimeout(() => end('timeout'), limits.testMs);
    const onAbort = () => end('interrupted');
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      killGroup(child);
      resolve(ended ?? (output === seal ? 'passed' : 'failed'));
    };
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      if (output.length > seal.length) end('failed');
    });
    child.on('error', finish);
    child.on('exit', () => {
      killGroup(child);
      // What is in the pipe is read first; a process that left the group may hold it open for ever.
      setTimeout(() => child.stdout!.destroy(), PIPE_LINGERS_MS).unref();
    });
    child.on('close', finish);
    // A child that is gone before it has read everything needs no more words.
    child.stdin!.on('error', () => {});
    child.stdin!.end(JSON.stringify({ ...task, seal, memory: limits.memoryBytes, seconds: limits.testMs / 1000 }));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

/** The child has no PATH, so every command needs its absolute name. */
function lookUp(): Sandbox | null {
  const python = spawnSync('python3', ['-I', '-c', 'import sys, resource; print(sys.executable)'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  const path = python.stdout?.trim();
  if (python.status !== 0 || !path) return null;
  const unshare = spawnSync('sh', ['-c', 'command -v unshare'], { encoding: 'utf8' }).stdout?.trim();
  const ways = unshare ? WAYS.map((flags) => [unshare, ...flags]) : [];
  const wrapper = ways.find(
    ([command, ...flags]) =>
      spawnSync(command!, [...flags, path, '-I', '-c', ''], { env: {}, stdio: 'ignore', timeout: 10_000 }).status === 0,
  );
  return { python: path, wrapper: wrapper ?? [] };
}

/** A network namespace of its own without any interface; with a process namespace nothing outlives the test either. */
const WAYS = [
  ['--map-root-user', '--net', '--pid', '--fork', '--kill-child'],
  ['--map-root-user', '--net'],
  ['--net', '--pid', '--fork', '--kill-child'],
  ['--net'],
];
