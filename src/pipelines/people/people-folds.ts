// Every person's votes, foretold by rankings and routers that learned from other people about other queries, and saw of this person
// only what came before.
import { throwIfAborted } from '../../errors/vsr-error.js';
import type { ForetoldVotes } from '../../evaluation/people-evaluation.js';
import { takeRows } from '../../math/matrix.js';
import type { Interactions, Person } from '../../routers/people.js';
import { loadRouter } from '../../routers/registry.js';
import type { FittedRouter } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import { type FitRun, fitRouter, type LearningData, type RouterRequest } from '../train/fit-routers.js';
import { interactionsOf } from './interactions.js';
import type { LearningPeople } from './learning-people.js';
import { heldOutCells } from './people-cells.js';
import { firstNotBefore, ownRankings, type Pair, ranking, type TurnsByUser, turnsByUser } from './rankings.js';

export interface StoredForetold extends ForetoldVotes {
  readonly user: readonly number[];
  readonly outcome: readonly number[];
  readonly differences: Readonly<Record<string, readonly number[]>>;
  readonly byHistory: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /** Those whose lead decides. */
  readonly judged: readonly string[];
}

export const EVERYBODY = 'ranking for everybody';
const OWN = 'own ranking';
const SHOWN = [0, 1, 3, 5, 10];
/** Of all earlier turns, the newest that are shown. */
const MOST_SHOWN = 32;
/** People that a fold learns from. */
const FEWEST_LEARNED = 2;
/** Newest turns of each person that are foretold: each of them costs several decisions of every router. */
const MOST_FORETOLD = 500;

/**
 * What a fold learns from: the turns of people outside it about queries that nobody in it is foretold on, and the outcomes of other
 * queries than these. Where people rate the same queries, queries are dealt into folds too, since else little would be left.
 * undefined, and a notice, where there are too few people or queries. Throws what fitting throws.
 */
export async function foretoldVotes(
  requests: readonly RouterRequest[],
  data: LearningData & { readonly people: LearningPeople },
  rows: Int32Array,
  folds: number,
  run: Omit<FitRun, 'stage'>,
  context: PipelineContext,
): Promise<StoredForetold | undefined> {
  const { turns, orders } = data.people.known;
  const users = [...new Set(turns.map(({ userId }) => userId))];
  if (users.length < folds || users.length - Math.ceil(users.length / folds) < FEWEST_LEARNED) {
    context.onNotice?.(
      `${users.length} people are too few to foretell each one's votes from the others in ${folds} folds.`,
    );
    return undefined;
  }
  const personal = [];
  for (const request of requests) {
    const { needs } = await loadRouter(request.name);
    if (needs.users || needs.interactions || needs.votes) personal.push({ request, users: needs.users });
  }
  const ofUser = turnsByUser(turns, orders);
  const { all, pairs } = foretoldPairs(pairsOf(data), ofUser, context);
  const values: Record<string, number[]> = {};
  const shownValues: Record<string, Record<string, number[]>> = {};
  const note = (name: string, pair: number, difference: number, shown?: string) => {
    const table = shown === undefined ? values : (shownValues[name] ?? {});
    if (shown !== undefined) shownValues[name] = table;
    const column = table[shown ?? name] ?? [];
    table[shown ?? name] = column;
    column[pair] = Number(difference.toPrecision(6));
  };
  const cells = heldOutCells(turns, folds, run.seed);
  if (cells.some(({ inside }) => !inside.includes(true))) {
    context.onNotice?.(
      'All rate the same one query: there is no other to learn from, so that nothing can be foretold.',
    );
    return undefined;
  }
  if (cells.length > folds) {
    context.onNotice?.(
      `Many people rated the same queries: people and queries are both held out, which takes ${cells.length} fits a router (--folds 0 leaves it out).`,
    );
  }
  for (const [at, { held: cell, inside, knows: knowsQuery }] of cells.entries()) {
    throwIfAborted(context.signal);
    const heldTurns = new Set(pairs.flatMap(({ turn }) => (cell.has(turn) ? [turn] : [])));
    const prior = ranking(
      all.filter(({ turn }) => inside[turn]),
      data.table.models.length,
    );
    const held = [...pairs.keys()].filter((p) => heldTurns.has(pairs[p]!.turn));
    if (held.length === 0) continue;
    const known = rows.filter((row) => knowsQuery(data.table.queries[row]!.query));
    const own = ownRankings(all, ofUser, orders, heldTurns, prior);
    for (const p of held) {
      const { a, b, turn } = pairs[p]!;
      note(EVERYBODY, p, prior[a]! - prior[b]!);
      const ranking = own.get(turn)!;
      note(OWN, p, ranking[a]! - ranking[b]!);
    }
    const learning = { ...data, people: onlyTurns(data.people, inside) };
    for (const { request, users: knows } of personal) {
      const stage = `people ${at + 1} of ${cells.length}: ${request.name}`;
      const { fitted } = await fitRouter(request, learning, known, { ...run, stage }, context);
      const ask = scorer(fitted, data, ofUser);
      for (const shown of knows ? [...SHOWN, MOST_SHOWN] : [0]) {
        const differences = await ask(
          held.map((p) => pairs[p]!),
          shown,
        );
        held.forEach((p, i) => {
          if (knows && shown !== MOST_SHOWN) note(request.name, p, differences[i]!, String(shown));
          else note(request.name, p, differences[i]!);
        });
      }
    }
  }
  const numberOf = new Map(users.map((user, u) => [user, u]));
  return {
    user: pairs.map(({ turn }) => numberOf.get(turns[turn]!.userId)!),
    outcome: pairs.map(({ outcome }) => outcome),
    differences: values,
    byHistory: shownValues,
    judged: personal.filter(({ users: knows }) => knows).map(({ request }) => request.name),
  };
}

/** All pairs of every turn. */
function pairsOf({ table, people }: LearningData & { readonly people: LearningPeople }): Pair[] {
  const column = new Map(table.models.map((model, m) => [model, m]));
  return people.known.turns.flatMap(({ models, ratings }, turn) =>
    models.flatMap((model, i) =>
      models.slice(i + 1).map((other, k) => {
        const difference = ratings[i]! - ratings[i + 1 + k]!;
        return {
          turn,
          a: column.get(model)!,
          b: column.get(other)!,
          outcome: difference === 0 ? 0.5 : difference > 0 ? 1 : 0,
        };
      }),
    ),
  );
}

/** All pairs, and those of them that are foretold: of each person the newest turns. */
function foretoldPairs(all: readonly Pair[], ofUser: TurnsByUser, { onNotice }: PipelineContext) {
  const long = [...ofUser.values()].filter((own) => own.length > MOST_FORETOLD);
  if (long.length === 0) return { all, pairs: all };
  onNotice?.(
    `${long.length} of ${ofUser.size} people rated more than ${MOST_FORETOLD} answers: of theirs the newest ${MOST_FORETOLD} are foretold; all are learned from.`,
  );
  const older = new Set(long.flatMap((own) => own.slice(0, -MOST_FORETOLD)));
  return { all, pairs: all.filter(({ turn }) => !older.has(turn)) };
}

function onlyTurns(people: LearningPeople, inside: readonly boolean[]): LearningPeople {
  const kept = [...inside.keys()].filter((i) => inside[i]);
  const { known } = people;
  const turns = kept.map((i) => known.turns[i]!);
  const present = new Set(turns.map(({ userId }) => userId));
  return {
    ...people,
    known: {
      ...known,
      turns,
      orders: Float64Array.from(kept, (i) => known.orders[i]!),
      people: known.people.filter(({ id, weights }) => present.has(id) || weights !== null),
    },
    turnQuery: Int32Array.from(kept, (i) => people.turnQuery[i]!),
  };
}

/** Differences of scores for each pair, its person shown the newest `shown` of the strictly earlier turns. */
function scorer(
  fitted: FittedRouter,
  { table, people }: LearningData & { readonly people: LearningPeople },
  ofUser: TurnsByUser,
) {
  const { known, turnFeatures, turnQuery } = people;
  const { orders } = known;
  const weightsOf = new Map(known.people.map(({ id, weights }) => [id, weights]));
  const historyOf = (turn: number, shown: number): Interactions | null => {
    const own = ofUser.get(known.turns[turn]!.userId)!;
    const end = firstNotBefore(own, orders, orders[turn]!);
    const past = own.slice(Math.max(0, end - shown), end);
    if (past.length === 0) return null;
    return interactionsOf(
      past.map((i) => known.turns[i]!),
      Float64Array.from(past, (i) => orders[i]!),
      table.models,
      {
        features: takeRows(
          turnFeatures,
          Int32Array.from(past, (i) => turnQuery[i]!),
        ),
        query: Int32Array.from(past.keys()),
        groups: Int32Array.from(past, (i) => turnQuery[i]!),
      },
    );
  };
  return async (pairs: readonly Pair[], shown: number): Promise<number[]> => {
    const out: number[] = [];
    for (let start = 0; start < pairs.length; start += 128) {
      const part = pairs.slice(start, start + 128);
      const people: Person[] = part.map(({ turn }) => {
        const { userId } = known.turns[turn]!;
        return { id: userId, weights: weightsOf.get(userId) ?? null, history: historyOf(turn, shown) };
      });
      const features = takeRows(
        turnFeatures,
        Int32Array.from(part, ({ turn }) => turnQuery[turn]!),
      );
      const scores = await fitted.score({ features, askers: { people, asker: Int32Array.from(part.keys()) } });
      part.forEach(({ a, b }, i) => {
        out.push(scores.data[i * scores.cols + a]! - scores.data[i * scores.cols + b]!);
      });
    }
    return out;
  };
}
