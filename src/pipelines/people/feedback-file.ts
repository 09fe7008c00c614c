// <artifacts>/feedback/<shard>.jsonl: what people said since training, a line each; a line counts once it is whole and on disk.
import { join } from 'node:path';
import { appendLine } from '../../artifacts/append-line.js';
import { makeDirectory } from '../../artifacts/artifact-directory.js';
import { shardOf } from './shard.js';
import type { StoredTurn } from './stored-turn.js';

export function feedbackPath(artifacts: string, userId: string): string {
  return join(artifacts, 'feedback', `${shardOf(userId)}.jsonl`);
}

/** Killed at any moment, the file holds every turn whose append returned. Throws `VSR_FILE`. */
export function appendFeedback(artifacts: string, turn: StoredTurn): void {
  makeDirectory(join(artifacts, 'feedback'));
  appendLine(feedbackPath(artifacts, turn.user), JSON.stringify(turn));
}
