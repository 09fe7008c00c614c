// Reads users.jsonl: {"user_id":"3","preferences":{"quality":0.8,"latency":0.1,"cost":0.1}} or {"user_id":3,"performance_preference":0.8}
import { VsrError } from '../errors/vsr-error.js';
import { type JsonObject, objectAt, optionalAmount, optionalText, wrong } from './field.js';
import { readJsonLines } from './jsonl.js';

/** What a user weighs; the three add up to 1. */
export interface UserPreferences {
  readonly userId: string;
  readonly quality: number;
  readonly latency: number;
  readonly cost: number;
}

const WEIGHTS = ['quality', 'latency', 'cost'] as const;

/**
 * Users by id; 3 and "3" are one user. Weights that do not add up to 1 are divided by their sum, an absent one is 0;
 * `performance_preference` p is quality p and cost 1 − p.
 * Throws VSR_FILE, and VSR_DATA with file and line for a bad row or a user whose two rows differ.
 */
export async function readUsers(path: string): Promise<ReadonlyMap<string, UserPreferences>> {
  const users = new Map<string, UserPreferences>();
  for await (const { line, value } of readJsonLines({ source: path })) {
    const user = userFromRow(value, `${path}:${line}`);
    const before = users.get(user.userId);
    if (before && WEIGHTS.some((key) => before[key] !== user[key]))
      throw new VsrError('VSR_DATA', `${path}:${line}: user ${user.userId} stood before with other preferences.`, {
        hint: 'Keep one row per user; 3 and "3" are one user.',
      });
    users.set(user.userId, user);
  }
  return users;
}

/** `where` is file and line. Throws VSR_DATA. */
export function userFromRow(row: unknown, where: string): UserPreferences {
  const fields = objectAt(row, `${where}: a row`);
  const userId = optionalText(fields, 'user_id', where);
  if (userId === null) throw wrong(`${where}: user_id`, 'a text or a number', fields.user_id);
  if (fields.preferences === undefined && fields.performance_preference !== undefined) {
    const quality = optionalAmount(fields, 'performance_preference', where) ?? Number.NaN;
    if (!(quality <= 1))
      throw wrong(`${where}: performance_preference`, 'a number in [0, 1]', fields.performance_preference);
    return { userId, quality, latency: 0, cost: 1 - quality };
  }
  return {
    userId,
    ...weightsFrom(objectAt(fields.preferences, `${where}: preferences`, 'an object of weights'), where),
  };
}

function weightsFrom(fields: JsonObject, where: string) {
  const unknown = Object.keys(fields).find((key) => !WEIGHTS.some((known) => known === key));
  if (unknown !== undefined)
    throw new VsrError('VSR_DATA', `${where}: preferences.${unknown} is not known, expected ${WEIGHTS.join(', ')}.`);
  const [quality, latency, cost] = WEIGHTS.map((key) => optionalAmount(fields, key, `${where}: preferences`) ?? 0);
  const sum = quality! + latency! + cost!;
  if (!(sum > 0)) throw wrong(`${where}: preferences`, 'weights of which one is above 0', fields);
  const divisor = Math.abs(sum - 1) < 1e-9 ? 1 : sum;
  return { quality: quality! / divisor, latency: latency! / divisor, cost: cost! / divisor };
}
