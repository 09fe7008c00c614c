// Which turns are foretold together, and what may be learned for them: other people on other queries.
import { groupIds, normaliseText } from '../../data/normalise-text.js';
import type { RatedTurn } from '../../data/people/rated-turn.js';
import { assignFolds } from '../../data/splits.js';

export interface HeldOutCell {
  /** Turns that are foretold. */
  readonly held: ReadonlySet<number>;
  /** [turns] true: another person's, about a query that no held turn is about. */
  readonly inside: readonly boolean[];
  /** Whether a query may be learned from: no held turn is about its text. */
  knows(query: string): boolean;
}

/** From this share of turns on queries that several people rated, queries are dealt into folds too: else little would be left. */
const MANY_SHARED = 1 / 3;

/**
 * Every turn is held in one cell: one a fold of people, or one a fold of people and of queries where people rate the same queries.
 * Throws `VSR_DATA` for more folds than people.
 */
export function heldOutCells(
  turns: readonly Pick<RatedTurn, 'userId' | 'query'>[],
  folds: number,
  seed: number,
): HeldOutCell[] {
  const texts = groupIds(turns.map(({ query }) => query));
  const textOf = new Map(turns.map(({ query }, i) => [normaliseText(query), texts[i]!]));
  const userFold = dealt(
    turns.map(({ userId }) => userId),
    'user',
    folds,
    seed,
  );
  const raters = new Map<number, Set<string>>();
  texts.forEach((text, turn) => {
    raters.set(text, (raters.get(text) ?? new Set()).add(turns[turn]!.userId));
  });
  const shared = texts.filter((text) => raters.get(text)!.size > 1).length;
  const parts = shared < MANY_SHARED * texts.length ? 1 : Math.min(folds, raters.size);
  const textFold = dealt(Array.from(texts), 'query', parts, seed);
  const cells = Array.from({ length: folds * parts }, (): number[] => []);
  turns.forEach((_, turn) => {
    cells[userFold[turn]! * parts + textFold[turn]!]!.push(turn);
  });
  return cells
    .filter((cell) => cell.length > 0)
    .map((cell) => {
      const hidden = new Set(cell.map((turn) => texts[turn]!));
      const fold = userFold[cell[0]!]!;
      return {
        held: new Set(cell),
        inside: turns.map((_, turn) => userFold[turn] !== fold && !hidden.has(texts[turn]!)),
        knows: (query) => !hidden.has(textOf.get(normaliseText(query)) ?? -1),
      };
    });
}

/** The fold of each item; equal items share one. */
function dealt(items: readonly (string | number)[], what: string, folds: number, seed: number): number[] {
  const distinct = [...new Set(items)];
  const of = assignFolds(
    distinct.map((item) => `${what} ${item}`),
    folds,
    seed,
  );
  const foldOf = new Map(distinct.map((item, i) => [item, of[i]!]));
  return items.map((item) => foldOf.get(item)!);
}
