// Reads the keys that votes, ratings and histories share: who, when, in which conversation, who won.
import { VsrError } from '../../errors/vsr-error.js';
import { type JsonObject, optionalText, wrong } from '../field.js';
import type { RatedTurn } from './rated-turn.js';

/** Numbers below this are seconds since 1970, from it on milliseconds: it is 1973 in the one and 5138 in the other. */
const FIRST_MILLISECONDS = 1e11;

export function userOf(fields: JsonObject, where: string): string {
  for (const key of ['user_id', 'user', 'judge']) {
    const id = optionalText(fields, key, where);
    if (id !== null) return id;
  }
  throw wrong(`${where}: user_id`, 'a text or a number (or the key user or judge)', fields.user_id);
}

/** session_id, session, or the question that a conversation is about. */
export function sessionOf(fields: JsonObject, where: string): string | null {
  for (const key of ['session_id', 'session', 'question_id']) {
    const id = optionalText(fields, key, where);
    if (id !== null) return id;
  }
  return null;
}

/** A whole number from 1; null where there is none. */
export function turnOf(fields: JsonObject, where: string): number | null {
  const value = typeof fields.turn === 'bigint' ? Number(fields.turn) : fields.turn;
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw wrong(`${where}: turn`, 'a whole number from 1', value);
  }
  return value;
}

/** ts, time or tstamp: ISO 8601, seconds or milliseconds; null where there is none. */
export function timeOf(fields: JsonObject, where: string): number | null {
  const key = ['ts', 'time', 'tstamp'].find((name) => fields[name] !== undefined && fields[name] !== null);
  if (key === undefined) return null;
  const value = fields[key];
  const time =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string'
        ? Date.parse(value)
        : typeof value === 'number' && value >= 0
          ? value * (value < FIRST_MILLISECONDS ? 1000 : 1)
          : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw wrong(`${where}: ${key}`, 'a time such as "2026-01-05T10:00:00Z", or seconds since 1970', value);
}

/** model_a, model_b and winner as two ratings. */
export function voteOf(fields: JsonObject, where: string): Pick<RatedTurn, 'models' | 'ratings' | 'kind'> {
  const [a, b] = (['model_a', 'model_b'] as const).map((key) => {
    const model = optionalText(fields, key, where);
    if (model === null) throw wrong(`${where}: ${key}`, 'the name of a model', fields[key]);
    return model;
  }) as [string, string];
  if (a === b) {
    throw new VsrError('VSR_DATA', `${where}: model_a and model_b must be two models, got ${a} twice.`, {
      hint: 'A vote of a model against itself says nothing: delete the line.',
    });
  }
  const score = SCORES[String(fields.winner)];
  if (score === undefined) throw wrong(`${where}: winner`, 'model_a, model_b or tie', fields.winner);
  return { models: [a, b], ratings: [score, score === 0 ? 0 : -score], kind: 'votes' };
}

const SCORES: Readonly<Record<string, number>> = {
  model_a: 1,
  model_b: -1,
  tie: 0,
  'tie (bothbad)': 0,
  both_bad: 0,
};

/** A finite number. */
export function ratingOf(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(where, 'a number', value);
  return value;
}
