// One row of queries.jsonl to a Query and back: {"query":"2+2?","task_name":"gsm8k","metric":"numeric","ground_truth":"4"}
import { createHash } from 'node:crypto';
import { normaliseCategory } from './category.js';
import { choicesFrom } from './choices.js';
import { type JsonObject, objectAt, optionalText, optionalTexts, wrong } from './field.js';
import type { Choices, Query, Split } from './query.js';

export interface QueryRowOptions {
  /** Names a category may have; default: vsr's list. */
  readonly categories?: readonly string[];
  /** Called for a category outside the list, which becomes `other`. */
  readonly onUnknownCategory?: (name: string) => void;
}

/** Keys that have their own place in a Query or belong to the outcomes; every other key passes through in `extra`. */
const OWN_KEYS = new Set([
  'id',
  'query',
  'ground_truth',
  'metric',
  'choices',
  'category',
  'task_name',
  'user_id',
  'session_id',
  'images',
  'split',
  'outcomes',
  'scores',
]);

/** `where` is file and line (`queries.jsonl:17`). Throws VSR_DATA naming the key, what was expected and what came. */
export function queryFromRow(row: unknown, where: string, options: QueryRowOptions = {}): Query {
  const fields = objectAt(row, `${where}: a row`);
  const query = fields.query;
  if (typeof query !== 'string' || query.trim() === '')
    throw wrong(`${where}: query`, 'a text that is not blank', query);
  const taskName = optionalText(fields, 'task_name', where);
  const groundTruth = groundTruthFrom(fields.ground_truth, where);
  const choices = choicesFrom(fields.choices, where);
  const images = optionalTexts(fields, 'images', where);
  return {
    id: optionalText(fields, 'id', where) ?? queryId(taskName, query, groundTruth, choices, images),
    query,
    groundTruth,
    metric: optionalText(fields, 'metric', where),
    choices,
    category: categoryFrom(fields, where, options),
    taskName,
    userId: optionalText(fields, 'user_id', where),
    sessionId: optionalText(fields, 'session_id', where),
    images,
    split: splitFrom(fields.split, where),
    extra: Object.fromEntries(Object.entries(fields).filter(([key]) => !OWN_KEYS.has(key))),
  };
}

/** The row as files hold it: community keys, absent where null or empty, the extra keys last. */
export function queryToRow(query: Query): JsonObject {
  const row = {
    id: query.id,
    query: query.query,
    task_name: query.taskName,
    metric: query.metric,
    ground_truth: query.groundTruth,
    choices: query.choices,
    category: query.category,
    user_id: query.userId,
    session_id: query.sessionId,
    images: query.images.length > 0 ? query.images : null,
    split: query.split,
  };
  return Object.fromEntries([
    ...Object.entries(row).filter(([, value]) => value !== null),
    ...Object.entries(query.extra),
  ]);
}

/**
 * First 16 hex digits of SHA-256 over JSON [task_name, query, ground_truth, choices], and the images where there are any: two tasks
 * may share a text, and a question may be asked about many pictures.
 */
export function queryId(
  taskName: string | null,
  query: string,
  groundTruth: Query['groundTruth'],
  choices: Choices | null,
  images: readonly string[] = [],
): string {
  const identity = [
    taskName,
    query,
    groundTruth,
    choices && { labels: choices.labels, text: choices.text },
    ...(images.length > 0 ? [images] : []),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}

/** Numbers become texts; null and absent mean that there is no truth. */
function groundTruthFrom(value: unknown, where: string): Query['groundTruth'] {
  if (value === undefined || value === null) return null;
  const expected = 'a text, a number, a list of these or null';
  const asText = (item: unknown) => {
    if (typeof item === 'number' && Number.isFinite(item)) return String(item);
    if (typeof item !== 'string') throw wrong(`${where}: ground_truth`, expected, value);
    return item;
  };
  if (!Array.isArray(value)) return asText(value);
  if (value.length === 0) throw wrong(`${where}: ground_truth`, expected, value, 'Write null if there is no truth.');
  return value.map(asText);
}

function categoryFrom(fields: JsonObject, where: string, options: QueryRowOptions): string | null {
  const name = optionalText(fields, 'category', where);
  if (name === null) return null;
  const { category, known } = normaliseCategory(name, options.categories);
  if (!known) options.onUnknownCategory?.(name);
  return category;
}

function splitFrom(value: unknown, where: string): Split | null {
  if (value === undefined || value === null) return null;
  if (value === 'train' || value === 'validation' || value === 'test') return value;
  throw wrong(`${where}: split`, 'train, validation or test', value);
}
