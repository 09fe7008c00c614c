// Rated turns as the columns that routers learn from and score with.
import type { RatedTurn } from '../../data/people/rated-turn.js';
import type { Matrix } from '../../math/matrix.js';
import type { Interactions } from '../../routers/people.js';

export interface TurnQueries {
  /** [Q×D] */
  readonly features: Matrix;
  /** [turns] row of `features`. */
  readonly query: Int32Array;
  /** [Q] equal number = same normalised text. */
  readonly groups: Int32Array;
  /** [Q] index into the table's task names; −1 = none. */
  readonly task?: Int32Array;
}

/**
 * A turn is a group, a model of it a row; models outside `models` are left out. Where some turns are votes and some are ratings,
 * all count as votes: whoever rated several chose the best of them.
 * @param turns ratings in [−1, 1]
 * @param orders [turns] comparable within a user
 */
export function interactionsOf(
  turns: readonly RatedTurn[],
  orders: Float64Array,
  models: readonly string[],
  queries: TurnQueries,
): Interactions {
  const columnOf = new Map(models.map((model, m) => [model, m]));
  const users = numbering();
  const sessions = numbering();
  const rows: { turn: number; user: number; session: number; model: number; rating: number }[] = [];
  turns.forEach(({ userId, sessionId, models: rated, ratings }, turn) => {
    const user = users.of(userId);
    const session = sessions.of(JSON.stringify(sessionId === null ? turn : [userId, sessionId]));
    rated.forEach((name, i) => {
      const model = columnOf.get(name);
      if (model !== undefined) rows.push({ turn, user, session, model, rating: ratings[i]! });
    });
  });
  return {
    features: queries.features,
    users: users.names,
    user: Int32Array.from(rows, ({ user }) => user),
    group: Int32Array.from(rows, ({ turn }) => turn),
    order: Float64Array.from(rows, ({ turn }) => orders[turn]!),
    session: Int32Array.from(rows, ({ session }) => session),
    query: Int32Array.from(rows, ({ turn }) => queries.query[turn]!),
    model: Int32Array.from(rows, ({ model }) => model),
    rating: Float64Array.from(rows, ({ rating }) => rating),
    kind: turns.every(({ kind }) => kind === 'ratings') ? 'ratings' : 'votes',
    queryGroups: queries.groups,
    ...(queries.task && { queryTask: queries.task }),
  };
}

function numbering(): { readonly names: string[]; of(name: string): number } {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  return {
    names,
    of: (name) => {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, names.length);
      return names.push(name) - 1;
    },
  };
}
