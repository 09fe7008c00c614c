// The pasts of a batch of targets as index arrays: each row of a past once, and who reads which.
import type { Random } from '../../math/random.js';
import type { RatedGroup } from './turns.js';

/** R rows (group, model) of pasts, X distinct queries, B targets, S slots for the longest past; R and S are 1 at least. */
export interface Histories {
  /** [X] rows of the features. */
  readonly queries: Int32Array;
  /** [B] index into `queries`. */
  readonly targetQuery: Int32Array;
  /** [R] index into `queries`. */
  readonly rowQuery: Int32Array;
  /** [R] */
  readonly rowModel: Int32Array;
  /** [R] */
  readonly rowRating: Float32Array;
  /** [R] the row before it in the same past, conversation and with the same model; −1 = none. Only where turns are linked. */
  readonly previous: Int32Array | undefined;
  /** [S·B] slot-major: the row in slot s of target b. */
  readonly slots: Int32Array;
  /** [S·B] 1 = the slot is filled. */
  readonly filled: Float32Array;
  /** [B] n: groups in the past. */
  readonly lengths: Float32Array;
}

type Past = Pick<RatedGroup, 'firstOfUser' | 'pastEnd'>;

/** The newest `size` groups of a target's past, oldest first. */
export function newestPast({ firstOfUser, pastEnd }: Past, size: number): number[] {
  const from = Math.max(firstOfUser, pastEnd - size);
  return Array.from({ length: pastEnd - from }, (_, i) => from + i);
}

/** k groups of a target's past, k uniform from 0 to `size` or all there are, without replacement; oldest first. */
export function drawnPast({ firstOfUser, pastEnd }: Past, size: number, random: Random): number[] {
  const available = pastEnd - firstOfUser;
  const k = random.int(Math.min(size, available) + 1);
  // Floyd's algorithm: k draws however long the past is.
  const drawn = new Set<number>();
  for (let i = available - k; i < available; i++) {
    const candidate = random.int(i + 1);
    drawn.add(firstOfUser + (drawn.has(firstOfUser + candidate) ? i : candidate));
  }
  return [...drawn].sort((a, b) => a - b);
}

/**
 * @param pasts [B] numbers of groups, oldest first
 * @param linked true: turns of one conversation hear each other, so that a row belongs to one target's past
 */
export function gatherHistories(
  groups: readonly RatedGroup[],
  targets: readonly RatedGroup[],
  pasts: readonly (readonly number[])[],
  linked: boolean,
): Histories {
  const queries = numbering();
  const rows: { query: number; model: number; rating: number; previous: number }[] = [];
  const firstRowOf = new Map<number, number>();
  const rowsOfTarget = pasts.map((past) => {
    const last = new Map<string, { row: number; order: number; before: number }>();
    return past.flatMap((number) => {
      const group = groups[number]!;
      const known = linked ? undefined : firstRowOf.get(number);
      const first = known ?? rows.length;
      if (known === undefined) {
        firstRowOf.set(number, first);
        group.models.forEach((model, i) => {
          const previous = linked ? previousRow(last, group, model, rows.length) : -1;
          rows.push({ query: queries.numberOf(group.query), model, rating: group.ratings[i]!, previous });
        });
      }
      return group.models.map((_, i) => first + i);
    });
  });
  const targetQuery = Int32Array.from(targets, ({ query }) => queries.numberOf(query));
  if (rows.length === 0) rows.push({ query: 0, model: 0, rating: 0, previous: -1 }); // read by nobody
  const B = targets.length;
  const S = Math.max(1, ...rowsOfTarget.map(({ length }) => length));
  const slots = new Int32Array(S * B);
  const filled = new Float32Array(S * B);
  rowsOfTarget.forEach((own, b) => {
    own.forEach((row, s) => {
      slots[s * B + b] = row;
      filled[s * B + b] = 1;
    });
  });
  return {
    queries: Int32Array.from(queries.items),
    targetQuery,
    rowQuery: Int32Array.from(rows, ({ query }) => query),
    rowModel: Int32Array.from(rows, ({ model }) => model),
    rowRating: Float32Array.from(rows, ({ rating }) => rating),
    previous: linked ? Int32Array.from(rows, ({ previous }) => previous) : undefined,
    slots,
    filled,
    lengths: Float32Array.from(pasts, ({ length }) => length),
  };
}

/** The row of the latest strictly earlier turn of this conversation with this model; notes the current one. */
export function previousRow(
  last: Map<string, { row: number; order: number; before: number }>,
  { session, order }: RatedGroup,
  model: number,
  row: number,
): number {
  const key = `${session} ${model}`;
  const known = last.get(key);
  const before = known === undefined ? -1 : known.order < order ? known.row : known.before;
  last.set(key, { row, order, before });
  return before;
}

function numbering(): { readonly items: number[]; numberOf(item: number): number } {
  const items: number[] = [];
  const numbers = new Map<number, number>();
  return {
    items,
    numberOf: (item) => {
      const known = numbers.get(item);
      if (known !== undefined) return known;
      numbers.set(item, items.length);
      return items.push(item) - 1;
    },
  };
}
