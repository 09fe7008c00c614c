// Rows of GMTRouter's own files, one per model; consecutive rows of one (question_id, turn, judge) are one group:
// {"question_id":1,"turn":1,"judge":"j1","model":"a","model_emb":[…],"conversation":[{"query":"…","query_emb":[…],"response":"…","rating":4}]}
import { VsrError } from '../../errors/vsr-error.js';
import { type JsonObject, objectAt, optionalText, wrong } from '../field.js';
import type { RatedTurn } from './rated-turn.js';
import { ratingOf, sessionOf, timeOf, turnOf, userOf } from './turn-fields.js';

export function isUpstreamRow(fields: JsonObject): boolean {
  return fields.conversation !== undefined && fields.model !== undefined;
}

/** Embeddings are not read: queries are embedded as all others are. Throws VSR_DATA for a group of one model. */
export function readUpstreamRows(rows: readonly { fields: JsonObject; where: string }[]): RatedTurn[] {
  const groups: RatedTurn[] = [];
  let key: string | undefined;
  for (const { fields, where } of rows) {
    const model = optionalText(fields, 'model', where);
    if (model === null) throw wrong(`${where}: model`, 'the name of a model', fields.model);
    const turn = turnOf(fields, where);
    const { query, rating } = lastTurn(fields, turn, where);
    const own = JSON.stringify([fields.question_id, turn, fields.judge]);
    const before = groups.at(-1);
    if (before && own === key) {
      if (before.models.includes(model)) {
        throw new VsrError('VSR_DATA', `${where}: ${model} stands twice in the group that begins at ${before.where}.`);
      }
      groups[groups.length - 1] = {
        ...before,
        models: [...before.models, model],
        ratings: [...before.ratings, rating],
      };
      continue;
    }
    if (before) refuseSingle(before);
    key = own;
    groups.push({
      userId: userOf(fields, where),
      query,
      sessionId: sessionOf(fields, where),
      turn,
      time: timeOf(fields, where),
      models: [model],
      ratings: [rating],
      kind: 'ratings',
      where,
    });
  }
  if (groups.length > 0) refuseSingle(groups.at(-1)!);
  return groups;
}

/** The turn that the row is about: the one it numbers, else the last one. */
function lastTurn(fields: JsonObject, turn: number | null, where: string): { query: string; rating: number } {
  const { conversation } = fields;
  if (!Array.isArray(conversation) || conversation.length === 0) {
    throw wrong(`${where}: conversation`, 'a list of turns', conversation);
  }
  const at = conversation.length === 1 ? 0 : (turn ?? conversation.length) - 1;
  const said = objectAt(conversation[at], `${where}: conversation[${at}]`, 'an object with query and rating');
  const query = optionalText(said, 'query', where);
  if (query === null) throw wrong(`${where}: conversation[${at}].query`, 'a text that is not blank', said.query);
  return { query, rating: ratingOf(said.rating, `${where}: conversation[${at}].rating`) };
}

function refuseSingle({ models, where }: RatedTurn): void {
  if (models.length > 1) return;
  throw new VsrError('VSR_DATA', `${where}: a group must rate at least two models, got ${models[0]} alone.`, {
    hint: 'Rows of one question, turn and judge must follow each other.',
  });
}
