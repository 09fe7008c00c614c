// <artifacts>/feedback/<shard>.jsonl: what people said since training, a line each; a line counts once it is whole and on disk.
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../artifacts/artifact-directory.js';
import { writeError } from '../../artifacts/atomic-write.js';
import { shardOf } from './shard.js';
import type { StoredTurn } from './stored-turn.js';

export function feedbackPath(artifacts: string, userId: string): string {
  return join(artifacts, 'feedback', `${shardOf(userId)}.jsonl`);
}

/**
 * Appends the turn and flushes it. Killed at any moment, the file holds every turn whose append returned; half a line that a crash
 * left is ended first, and readers pass over it. Throws `VSR_FILE`.
 */
export function appendFeedback(artifacts: string, turn: StoredTurn): void {
  const path = feedbackPath(artifacts, turn.user);
  makeDirectory(join(artifacts, 'feedback'));
  try {
    const file = openSync(path, 'a+');
    try {
      // One write in append mode: two writers' lines stand one after the other.
      const line = Buffer.from(`${endsOpen(file) ? '\n' : ''}${JSON.stringify(turn)}\n`);
      for (let written = 0; written < line.length; ) written += writeSync(file, line, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw writeError(path, error);
  }
}

function endsOpen(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}
