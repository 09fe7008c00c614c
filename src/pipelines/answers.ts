// The answers that `benchmark` stored: {"id":"9f…","model":"a","response":"B"}, a line each.
import { objectAt, optionalText } from '../data/field.js';
import { readJsonLines } from '../data/jsonl.js';

/** By query id, by model; answers to queries that are not `known`, and lines without an answer, are passed over. Throws `VSR_FILE`, `VSR_DATA`. */
export async function readAnswers(
  path: string,
  known: (id: string) => boolean,
): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const row = objectAt(value, `${where}: a row`);
    const [id, model, response] = ['id', 'model', 'response'].map((key) => optionalText(row, key, where));
    if (!id || !model || !response || !known(id)) continue;
    found.set(id, (found.get(id) ?? new Map<string, string>()).set(model, response));
  }
  return found;
}
