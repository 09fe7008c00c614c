// Reads decisions.jsonl, what infer wrote: {"id":"9f…","router":"knn","model":"a","ranking":[{"model":"a","score":0.81,…}],…}
// and the log of a gateway: {"id":"vsr-…","user_id":"3","outcomes":{…},"decision":{"model":"a","router":"knn","score":0.7,"arm":"routed"}}
import { type JsonObject, objectAt, optionalAmount, optionalText, wrong } from './field.js';
import { readJsonLines } from './jsonl.js';

export interface RecordedDecision {
  readonly id: string;
  readonly model: string;
  readonly router: string | null;
  /** Score and dollars that were expected of the chosen model; null = not said. */
  readonly score: number | null;
  readonly cost: number | null;
  /** Of an experiment: whether the router or the default model was to answer; null without one. */
  readonly arm: 'routed' | 'default' | null;
  /** What was drawn into the arm: a session, a user, or this request alone. */
  readonly unit: string;
  /** true: a line of a gateway's log, which holds the ratings too. */
  readonly logged: boolean;
}

/** A later decision about the same query replaces the earlier one. Throws `VSR_FILE`, `VSR_DATA` with file and line. */
export async function readDecisions(path: string): Promise<RecordedDecision[]> {
  const byId = new Map<string, RecordedDecision>();
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const row = objectAt(value, `${where}: a row`);
    const logged = row.decision === undefined ? undefined : objectAt(row.decision, `${where}: decision`);
    if (logged?.feedback === true) continue;
    const said = logged ?? row;
    const [id, model] = [optionalText(row, 'id', where), optionalText(said, 'model', where)];
    if (id === null) throw wrong(`${where}: id`, 'the id of a query', row.id, 'vsr infer writes it.');
    if (model === null) throw wrong(`${where}: model`, 'the model that was chosen', said.model);
    const ranking = Array.isArray(row.ranking) ? row.ranking : [];
    const own = ranking.map((one, i) => objectAt(one, `${where}: ranking[${i}]`)).find((one) => one.model === model);
    const cost = own && own.expectedCost !== null ? optionalAmount(own, 'expectedCost', where) : undefined;
    byId.set(id, {
      id,
      model,
      router: optionalText(said, 'router', where),
      score: typeof own?.score === 'number' ? own.score : null,
      cost: cost ?? null,
      arm: armOf(said, where),
      unit: optionalText(row, 'session_id', where) ?? optionalText(row, 'user_id', where) ?? id,
      logged: logged !== undefined,
    });
  }
  return [...byId.values()];
}

function armOf({ arm }: JsonObject, where: string): RecordedDecision['arm'] {
  if (arm === undefined || arm === null) return null;
  if (arm === 'routed' || arm === 'default') return arm;
  throw wrong(`${where}: arm`, 'routed or default', arm, 'vsr serve --ab-share writes it.');
}
