// What a fit may know besides features and qualities: dollars, milliseconds, tasks, the catalogue, and the people.
import { normaliseText } from '../../data/normalise-text.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Matrix, matrix64, takeRows } from '../../math/matrix.js';
import type { Interactions } from '../../routers/people.js';
import type { ModelProfile, RouterNeeds, TrainingTable } from '../../routers/router.js';
import { interactionsOf } from './interactions.js';
import type { KnownPeople } from './known-people.js';
import { simulatedTurns } from './simulated-turns.js';

/** For all rows of the table; a fit takes its own. */
export interface LearningPeople {
  readonly known: KnownPeople;
  /** [N×M] dollars, perhaps estimated. */
  readonly cost: Matrix<Float64Array> | undefined;
  readonly profiles: readonly ModelProfile[] | undefined;
  /** Features of the queries of `known.turns`: [Q×D], and [turns] rows of it. */
  readonly turnFeatures: Matrix;
  readonly turnQuery: Int32Array;
  /** true: votes are simulated, since a router cannot be fitted without. */
  readonly simulatedVotes: boolean;
  readonly seed: number;
}

interface Rows {
  readonly table: OutcomeTable;
  readonly features: Matrix;
  readonly groups: Int32Array;
}

type Columns = Omit<TrainingTable, 'models' | 'features' | 'quality' | 'groups' | 'images'>;

/** The columns of a fit on `rows`. Turns about a query that stands outside `rows` are not among its interactions. */
export function columnsBeside(data: Rows, rows: Int32Array, learning: LearningPeople, needs: RouterNeeds): Columns {
  const { table } = data;
  const { known, cost, profiles } = learning;
  const taken = (m: Matrix<Float64Array>) => {
    const part = takeRows(m, rows);
    return matrix64(part.rows, part.cols, part.data);
  };
  const hasLatency = table.latency.data.some((value) => !Number.isNaN(value));
  const tasks = tasksOf(table);
  const interactions = learnedInteractions(data, rows, learning, needs, tasks?.names ?? []);
  return {
    ...(cost && { cost: taken(cost) }),
    ...(hasLatency && { latency: taken(table.latency) }),
    ...(tasks && { tasks: { names: tasks.names, of: Int32Array.from(rows, (row) => tasks.of[row]!) } }),
    ...(profiles && { profiles }),
    ...(interactions && { interactions }),
    people: known.people,
  };
}

/** Votes and ratings where there are any; simulated ones for a router that cannot be fitted without. */
function learnedInteractions(
  data: Rows,
  rows: Int32Array,
  learning: LearningPeople,
  needs: RouterNeeds,
  taskNames: readonly string[],
): Interactions | undefined {
  const { table } = data;
  const { known } = learning;
  if (known.turns.length > 0) return realInteractions(data, rows, learning);
  if (!needs.interactions) return undefined;
  const { turns, rows: rowOfTurn } = simulatedTurns(known.people, table, learning.cost, rows, learning.seed);
  const used = [...new Set(rowOfTurn)];
  const at = new Map(used.map((row, i) => [row, i]));
  const task = tasksOf(table);
  const made = interactionsOf(
    turns,
    Float64Array.from(turns, ({ turn }) => turn!),
    table.models,
    {
      features: takeRows(data.features, used),
      query: Int32Array.from(rowOfTurn, (row) => at.get(row)!),
      groups: Int32Array.from(used, (row) => data.groups[row]!),
      ...(taskNames.length > 0 && task && { task: Int32Array.from(used, (row) => task.of[row]!) }),
    },
  );
  return { ...made, simulated: true };
}

function realInteractions(
  { table, groups }: Rows,
  rows: Int32Array,
  { known, turnFeatures, turnQuery }: LearningPeople,
): Interactions | undefined {
  const inside = new Set(rows);
  const outside = new Set(table.queries.flatMap(({ query }, i) => (inside.has(i) ? [] : [normaliseText(query)])));
  const groupOf = new Map(table.queries.map(({ query }, i) => [normaliseText(query), groups[i]!]));
  let next = groups.reduce((a, b) => Math.max(a, b), -1) + 1;
  const kept = [...known.turns.keys()].filter((i) => !outside.has(normaliseText(known.turns[i]!.query)));
  if (kept.length === 0) return undefined;
  const used = [...new Set(kept.map((i) => turnQuery[i]!))];
  const at = new Map(used.map((row, i) => [row, i]));
  const textGroups = new Int32Array(used.length);
  for (const i of kept) {
    const text = normaliseText(known.turns[i]!.query);
    if (!groupOf.has(text)) groupOf.set(text, next++);
    textGroups[at.get(turnQuery[i]!)!] = groupOf.get(text)!;
  }
  return interactionsOf(
    kept.map((i) => known.turns[i]!),
    Float64Array.from(kept, (i) => known.orders[i]!),
    table.models,
    {
      features: takeRows(turnFeatures, used),
      query: Int32Array.from(kept, (i) => at.get(turnQuery[i]!)!),
      groups: textGroups,
    },
  );
}

/** Names in order of first appearance; undefined where no query has a task. */
export function tasksOf({ queries }: Pick<OutcomeTable, 'queries'>): { names: string[]; of: Int32Array } | undefined {
  const numbers = new Map<string, number>();
  const of = Int32Array.from(queries, ({ taskName }) => {
    if (taskName === null) return -1;
    if (!numbers.has(taskName)) numbers.set(taskName, numbers.size);
    return numbers.get(taskName)!;
  });
  return numbers.size > 0 ? { names: [...numbers.keys()], of } : undefined;
}
