// Reads decisions.jsonl, what infer wrote: {"id":"9f…","router":"knn","model":"a","ranking":[{"model":"a","score":0.81,…}],…}
import { objectAt, optionalAmount, optionalText, wrong } from './field.js';
import { readJsonLines } from './jsonl.js';

export interface RecordedDecision {
  readonly id: string;
  readonly model: string;
  readonly router: string | null;
  /** Score and dollars that were expected of the chosen model; null = not said. */
  readonly score: number | null;
  readonly cost: number | null;
}

/** A later decision about the same query replaces the earlier one. Throws `VSR_FILE`, `VSR_DATA` with file and line. */
export async function readDecisions(path: string): Promise<RecordedDecision[]> {
  const byId = new Map<string, RecordedDecision>();
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const row = objectAt(value, `${where}: a row`);
    const [id, model] = [optionalText(row, 'id', where), optionalText(row, 'model', where)];
    if (id === null) throw wrong(`${where}: id`, 'the id of a query', row.id, 'vsr infer writes it.');
    if (model === null) throw wrong(`${where}: model`, 'the model that was chosen', row.model);
    const ranking = Array.isArray(row.ranking) ? row.ranking : [];
    const own = ranking.map((one, i) => objectAt(one, `${where}: ranking[${i}]`)).find((one) => one.model === model);
    const cost = own && own.expectedCost !== null ? optionalAmount(own, 'expectedCost', where) : undefined;
    byId.set(id, {
      id,
      model,
      router: optionalText(row, 'router', where),
      score: typeof own?.score === 'number' ? own.score : null,
      cost: cost ?? null,
    });
  }
  return [...byId.values()];
}
