// A lock file: one writer at a time among processes, and a lock whose owner has died is taken over.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Runs `work` while holding the lock; false, without running it, if another living process holds it.
 * Throws the system's error if the lock file cannot be written, and what `work` throws.
 */
export function withLock(path: string, work: () => void): boolean {
  if (!take(path)) {
    if (!ownerIsDead(path)) return false;
    rmSync(path, { force: true });
    if (!take(path)) return false;
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

/** true where it can be known: the lock names a process of this machine that no longer runs, or its owner died before it wrote. */
function ownerIsDead(path: string): boolean {
  let owner: string[];
  try {
    owner = readFileSync(path, 'utf8').split(' ');
  } catch {
    return true; // released meanwhile
  }
  if (owner[0] === '') return true;
  if (owner[1] !== hostname()) return false;
  try {
    process.kill(Number(owner[0]), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
