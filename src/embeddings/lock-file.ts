// A lock file: one writer at a time among processes, and a lock whose owner has died is taken over.
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** Work under the lock takes seconds at most; whoever has held it for longer is gone, whatever its process number says. */
const LONGEST_HOLD_MS = 10 * 60_000;
/** A writer is done in a few milliseconds: worth waiting for. */
const WAITS = 10;
const WAIT_MS = 5;

/**
 * Runs `work` while holding the lock; false, without running it, if another living process holds it after a short wait.
 * Throws the system's error if the lock file cannot be written, and what `work` throws.
 */
export function withLock(path: string, work: () => void): boolean {
  for (let wait = 0; !take(path); wait++) {
    if (ownerIsDead(path)) remove(path);
    else if (wait === WAITS) return false;
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
  }
  try {
    work();
  } finally {
    rmSync(path, { force: true });
  }
  return true;
}

function take(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, `${process.pid} ${hostname()}`);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

/**
 * Takes a dead owner's lock away. Between looking and removing, another process may have done so and locked anew: what was
 * moved aside is looked at again, and a living owner's lock put back.
 */
function remove(path: string): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    if (!ownerIsDead(aside)) linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** true where it can be known: its process no longer runs on this machine, died before it wrote, or has held for too long. */
function ownerIsDead(path: string): boolean {
  let owner: string[];
  let age: number;
  try {
    owner = readFileSync(path, 'utf8').split(' ');
    age = Date.now() - statSync(path).mtimeMs;
  } catch {
    return true; // released meanwhile
  }
  if (age > LONGEST_HOLD_MS) return true;
  if (owner[0] === '') return age > WAIT_MS * WAITS; // about to be written, or its owner died before
  if (owner[1] !== hostname()) return false;
  try {
    process.kill(Number(owner[0]), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
