// Refuses rated answers that do not fit together or do not fit the router, each with a sentence.
import type { ErrorCode } from '../errors/codes.js';
import { VsrError } from '../errors/vsr-error.js';
import { firstNonFinite } from '../math/matrix.js';
import type { Interactions, Person } from './people.js';
import type { ScoringBatch } from './router.js';

/**
 * Throws `code` unless all columns have one length and hold what they should: known users, queries and models, ratings in
 * [−1, 1], groups of one user, one query and one order that name no model twice.
 * @param models M
 * @param width D
 */
export function checkInteractions(interactions: Interactions, models: number, width: number, code: ErrorCode): void {
  const fail = (sentence: string, hint?: string): never => {
    throw new VsrError(code, `Interactions: ${sentence}`, { ...(hint && { hint }) });
  };
  const { features, users, user, group, order, session, query, model, rating, queryGroups } = interactions;
  const rows = rating.length;
  const short = Object.entries({ user, group, order, session, query, model }).find(([, { length }]) => length !== rows);
  if (short) fail(`${rows} ratings, but ${short[1].length} values of ${short[0]}.`);
  if (features.cols !== width) {
    fail(
      `their queries have ${features.cols} features, the router's have ${width}.`,
      'Embed both with the same encoder.',
    );
  }
  if (queryGroups.length !== features.rows) fail(`${features.rows} queries, but ${queryGroups.length} query groups.`);
  const bad = firstNonFinite(features.data);
  if (bad >= 0) {
    fail(`query ${Math.floor(bad / width)}, column ${bad % width}: expected a number, got ${features.data[bad]}.`);
  }
  const firstOf = new Map<number, number>();
  const modelsOf = new Map<number, Set<number>>();
  for (let i = 0; i < rows; i++) {
    checkIndex(i, 'user', user[i]!, users.length);
    checkIndex(i, 'query', query[i]!, features.rows);
    checkIndex(i, 'model', model[i]!, models);
    if (!(rating[i]! >= -1 && rating[i]! <= 1)) fail(`row ${i}: a rating must be in [−1, 1], got ${rating[i]}.`);
    if (!Number.isFinite(order[i])) fail(`row ${i}: the order must be a number, got ${order[i]}.`);
    const first = firstOf.get(group[i]!) ?? i;
    firstOf.set(group[i]!, first);
    if (user[i] !== user[first] || query[i] !== query[first] || order[i] !== order[first]) {
      fail(`rows ${first} and ${i} are of group ${group[i]}, but not of one user, one query and one order.`);
    }
    const named = modelsOf.get(group[i]!) ?? new Set();
    if (named.has(model[i]!)) fail(`group ${group[i]} rates model ${model[i]} twice.`);
    modelsOf.set(group[i]!, named.add(model[i]!));
  }

  function checkIndex(row: number, column: string, value: number, count: number): void {
    if (value < 0 || value >= count) fail(`row ${row}: ${column} ${value}, but there are ${count}.`);
  }
}

/**
 * Checks the askers of a batch; a person's history only when it is first seen.
 * The function throws `VSR_FEATURES` for an asker who is not there, a history of several users, or one that does not fit.
 */
export function askersCheck(models: number, width: number): (batch: ScoringBatch) => void {
  const seen = new WeakSet<Interactions>();
  const checkHistory = ({ id, history }: Person) => {
    if (!history || seen.has(history)) return;
    checkInteractions(history, models, width, 'VSR_FEATURES');
    if (history.users.length !== 1) {
      throw new VsrError('VSR_FEATURES', `The history of user ${id} is of ${history.users.length} users, not of one.`);
    }
    seen.add(history);
  };
  return ({ features, askers }) => {
    if (!askers) return;
    const { people, asker } = askers;
    if (asker.length !== features.rows) {
      throw new VsrError('VSR_FEATURES', `There are ${features.rows} queries, but ${asker.length} askers.`);
    }
    const strange = asker.find((index) => index < -1 || index >= people.length);
    if (strange !== undefined) {
      throw new VsrError(
        'VSR_FEATURES',
        `A query is asked by person ${strange}, but ${people.length} people are given.`,
      );
    }
    people.forEach(checkHistory);
  };
}
