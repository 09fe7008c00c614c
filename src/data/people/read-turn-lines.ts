// Reads votes, ratings and histories, a JSON object a line:
// {"judge":"j1","model_a":"a","model_b":"b","question_id":81,"turn":1,"winner":"model_a"}, with questions.jsonl beside it
// {"user":"3","query":"…","ratings":{"a":4,"b":2},"session":"s1","turn":1,"time":"2026-01-05T10:00:00Z"}
// {"user_id":"3","session_id":"s1","turn":2,"ts":"2026-01-05T10:00:00Z","query":"…","model":"a","rating":4}
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VsrError } from '../../errors/vsr-error.js';
import { type JsonObject, objectAt, optionalText, wrong } from '../field.js';
import { readJsonLines } from '../jsonl.js';
import { isUpstreamRow, readUpstreamRows } from './gmtrouter-rows.js';
import type { RatedTurn } from './rated-turn.js';
import { ratingOf, sessionOf, timeOf, turnOf, userOf, voteOf } from './turn-fields.js';

/** In file order. Throws VSR_FILE, and VSR_DATA with file and line for the first bad row. */
export async function readTurnLines(path: string): Promise<RatedTurn[]> {
  const questions = new Questions(path);
  const turns: RatedTurn[] = [];
  const single = new Map<string, { turn: RatedTurn; at: number }>();
  const upstream: { fields: JsonObject; where: string }[] = [];
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const fields = objectAt(value, `${where}: a row`);
    if (isUpstreamRow(fields)) {
      upstream.push({ fields, where });
      continue;
    }
    const turn = { ...said(fields, where), ...(await context(fields, where, questions)), where };
    const key =
      fields.model === undefined
        ? undefined
        : JSON.stringify([turn.userId, turn.sessionId, turn.turn, turn.time, turn.query]);
    const before = key === undefined || (turn.turn === null && turn.time === null) ? undefined : single.get(key);
    if (before) {
      before.turn = joined(before.turn, turn);
      turns[before.at] = before.turn;
      continue;
    }
    if (key !== undefined) single.set(key, { turn, at: turns.length });
    turns.push(turn);
  }
  if (upstream.length > 0 && turns.length > 0) {
    throw new VsrError('VSR_DATA', `${path} mixes rows with a conversation and rows without.`, {
      hint: 'Write one file of each form.',
    });
  }
  return upstream.length > 0 ? readUpstreamRows(upstream) : turns;
}

/** Rows of one model each, about one query at one turn, are one group. */
function joined(before: RatedTurn, { models, ratings, where }: RatedTurn): RatedTurn {
  if (before.models.includes(models[0]!)) {
    throw new VsrError('VSR_DATA', `${where}: ${models[0]} was rated before at this turn (${before.where}).`, {
      hint: 'Keep one of the two rows, or give them different turns.',
    });
  }
  return { ...before, models: [...before.models, ...models], ratings: [...before.ratings, ...ratings] };
}

function said(fields: JsonObject, where: string): Pick<RatedTurn, 'models' | 'ratings' | 'kind'> {
  if (fields.ratings !== undefined) {
    const ratings = Object.entries(objectAt(fields.ratings, `${where}: ratings`, 'an object with a number per model'));
    if (ratings.length === 0) throw wrong(`${where}: ratings`, 'at least one model with its rating', fields.ratings);
    return {
      models: ratings.map(([model]) => model),
      ratings: ratings.map(([model, value]) => ratingOf(value, `${where}: ratings.${model}`)),
      kind: 'ratings',
    };
  }
  const model = optionalText(fields, 'model', where);
  if (model !== null) {
    return { models: [model], ratings: [ratingOf(fields.rating, `${where}: rating`)], kind: 'ratings' };
  }
  if (fields.winner !== undefined || fields.model_a !== undefined) return voteOf(fields, where);
  throw new VsrError('VSR_DATA', `${where}: expected winner, ratings, or model and rating, got none of them.`, {
    hint: 'A vote is {"user_id","query","model_a","model_b","winner","turn"}.',
  });
}

async function context(fields: JsonObject, where: string, questions: Questions) {
  const turn = turnOf(fields, where);
  return {
    userId: userOf(fields, where),
    query: optionalText(fields, 'query', where) ?? (await questions.textOf(fields, turn, where)),
    sessionId: sessionOf(fields, where),
    turn,
    time: timeOf(fields, where),
  };
}

/** questions.jsonl beside the votes: {"question_id":81,"turns":["…","…"]}. */
class Questions {
  readonly #path: string;
  #turns: Map<string, readonly string[]> | undefined;

  constructor(votes: string) {
    this.#path = join(dirname(votes), 'questions.jsonl');
  }

  async textOf(fields: JsonObject, turn: number | null, where: string): Promise<string> {
    const id = optionalText(fields, 'question_id', where);
    if (id === null) throw wrong(`${where}: query`, 'a text that is not blank, or a question_id', fields.query);
    if (!existsSync(this.#path)) {
      throw new VsrError('VSR_DATA', `${where}: the vote names question ${id}, but ${this.#path} is not there.`, {
        hint: 'Put the questions beside the votes as {"question_id","turns":[…]}, or give each vote its query.',
      });
    }
    this.#turns ??= await readQuestions(this.#path);
    const text = this.#turns.get(id)?.[(turn ?? 1) - 1];
    if (text !== undefined) return text;
    throw new VsrError('VSR_DATA', `${where}: ${this.#path} has no turn ${turn ?? 1} of question ${id}.`);
  }
}

async function readQuestions(path: string): Promise<Map<string, readonly string[]>> {
  const turns = new Map<string, readonly string[]>();
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const fields = objectAt(value, `${where}: a row`);
    const id = optionalText(fields, 'question_id', where);
    if (id === null) throw wrong(`${where}: question_id`, 'a text or a number', fields.question_id);
    if (!Array.isArray(fields.turns) || fields.turns.some((text) => typeof text !== 'string' || text.trim() === '')) {
      throw wrong(`${where}: turns`, 'a list of texts that are not blank', fields.turns);
    }
    turns.set(id, fields.turns);
  }
  return turns;
}
