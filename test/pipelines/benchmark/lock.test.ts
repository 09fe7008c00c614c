// One run at a time per output; the lock of a dead process is taken over.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { takeLock } from '../../../src/pipelines/benchmark/lock.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
let count = 0;
const newLock = () => join(folder.path, `lock-${count++}`);
const holder = (fields: object) => JSON.stringify({ pid: process.pid, host: hostname(), started: null, ...fields });
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('a lock', () => {
  test('is free again after its release, and leaves no file', () => {
    const path = newLock();
    takeLock(path, 'out').release();
    const second = takeLock(path, 'out');
    expect(second.takenOverFrom).toBeNull();
    second.release();
    expect(readdirSync(dirname(path)).filter((name) => path.endsWith(name))).toEqual([]);
  });
  test('held by a living process is refused with its name', () => {
    const path = newLock();
    const lock = takeLock(path, 'out.jsonl');
    expect(() => takeLock(path, 'out.jsonl')).toThrow(
      expect.objectContaining({
        code: 'VSR_FILE',
        message: `out.jsonl: process ${process.pid} on ${hostname()} is writing it already.`,
      }),
    );
    lock.release();
  });
  test('of a dead process is taken over, and says whose it was', () => {
    const path = newLock();
    const pid = deadPid();
    folder.write(path.slice(folder.path.length + 1), holder({ pid }));
    const lock = takeLock(path, 'out');
    expect(lock.takenOverFrom).toBe(pid);
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid);
    lock.release();
  });
  test('of a process whose number was given to another is taken over', () => {
    const path = newLock();
    folder.write(path.slice(folder.path.length + 1), holder({ started: 'at another time' }));
    takeLock(path, 'out').release();
  });
  test('with a text that nobody wrote is taken over', () => {
    const path = newLock();
    folder.write(path.slice(folder.path.length + 1), '{"pi');
    const lock = takeLock(path, 'out');
    expect(lock.takenOverFrom).toBeNull();
    lock.release();
  });
  test('of another machine is refused: nobody here can tell whether it lives', () => {
    const path = newLock();
    folder.write(path.slice(folder.path.length + 1), holder({ pid: 1, host: 'elsewhere' }));
    expect(() => takeLock(path, 'out')).toThrow(expect.objectContaining({ code: 'VSR_FILE' }));
  });
  test('in a folder that does not exist names the output', () => {
    expect(() => takeLock(join(folder.path, 'none', 'lock'), 'none/out.jsonl')).toThrow(
      expect.objectContaining({ message: 'none/out.jsonl cannot be written: its folder does not exist.' }),
    );
  });
});
