// One run at a time per output: a file that names the process at work. A dead process's lock is taken over.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { writeError } from '../../artifacts/atomic-write.js';
import { VsrError } from '../../errors/vsr-error.js';

export interface Lock {
  /** The process whose lock was taken over, where there was one: what it left unfinished may be cleared away. */
  readonly takenOverFrom: number | null;
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where the system tells: process ids are used again. */
  readonly started: string | null;
}

/** Throws `VSR_FILE` if another process is at work, or if the file cannot be written. */
export function takeLock(path: string, output: string): Lock {
  const self: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const text = JSON.stringify(self);
  let takenOverFrom: number | null = null;
  // A lock that vanishes or changes while it is looked at belongs to another run starting or ending: look again.
  for (let tries = 0; tries < 100; tries++) {
    if (create(path, text, output)) {
      const release = () => {
        if (read(path) === text) rmSync(path, { force: true });
      };
      return { takenOverFrom, release };
    }
    const found = read(path);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder && isAlive(holder, self)) throw busy(path, output, holder);
    if (removeIfStill(path, found, self.pid)) takenOverFrom = holder?.pid ?? null;
  }
  throw busy(path, output, undefined);
}

/** The living process that holds the lock, or null. */
export function lockHolder(path: string): { readonly pid: number; readonly host: string } | null {
  const text = read(path);
  const holder = text === undefined ? undefined : parse(text);
  const self: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  return holder && isAlive(holder, self) ? { pid: holder.pid, host: holder.host } : null;
}

/** The lock appears with its whole text or not at all: it is written beside its place and linked into it. */
function create(path: string, text: string, output: string): boolean {
  const mine = `${path}.${process.pid}`;
  try {
    writeFileSync(mine, text);
    linkSync(mine, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return createWithoutLinks(path, text, output);
    throw writeError(output, error);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** For file systems that know no links. */
function createWithoutLinks(path: string, text: string, output: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw writeError(output, error);
  }
}

/** Moves the lock away and looks at what was moved: two runs that find the same dead lock must not both win. */
function removeIfStill(path: string, expected: string, pid: number): boolean {
  const aside = `${path}.${pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const isIt = read(aside) === expected;
  if (!isIt) {
    try {
      linkSync(aside, path);
    } catch {
      // A third run has its lock there by now; the one moved away is refused by it in turn.
    }
  }
  rmSync(aside, { force: true });
  return isIt;
}

function isAlive(holder: Holder, self: Holder): boolean {
  if (holder.host !== self.host) return true;
  if (holder.pid === self.pid) return holder.started === self.started;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.started === null || startOf(holder.pid) === holder.started;
}

/** Linux alone tells, as ticks since boot: field 22 of /proc/<pid>/stat, counted after the name in parentheses. */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text);
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, started: started ?? null } : undefined;
  } catch {
    return undefined;
  }
}

function busy(path: string, output: string, holder: Holder | undefined): VsrError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new VsrError('VSR_FILE', `${output}: ${who} is writing it already.`, {
    hint: `Wait for it, choose another --output, or delete ${path} if that process is gone.`,
  });
}
