// Which file holds a person: people whose ids share the first three hex digits of a hash share one.
import { createHash } from 'node:crypto';

/** One of a hundred thousand people is found by reading a file of some two dozen. */
export function shardOf(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 3);
}

/** Turns kept of each person, the newest: more than any router reads by default. */
export const KEPT_TURNS = 100;

/** In the artifact: what training kept of a person's past. */
export function historyFile(userId: string): string {
  return `histories/${shardOf(userId)}.jsonl`;
}
