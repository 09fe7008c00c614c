// Outcomes while they are read: columns that grow by rows and by models, so that memory grows by bytes a cell and not by objects.
import type { Matrix } from '../math/matrix.js';
import type { CellAudit } from './cell-audit.js';
import type { OutcomeCell, OutcomeRow } from './outcome.js';
import type { OutcomeTable } from './outcome-table.js';
import type { Query } from './query.js';

const EXACT = ['quality', 'latency', 'cost'] as const;
const COUNTS = ['inputTokens', 'outputTokens'] as const;

/** What is known of a cell beside its numbers, one bit each. */
const REPEATED = 1;
const CHANGED = 2;
const UNPARSED = 4;
/** Scores nearer than this are the same. */
const SAME = 1e-9;

/** 33 bytes a cell: three numbers of 64 bits and two counts of 32, NaN where missing, and the marks that `audit` counts. */
export class OutcomeColumns {
  readonly queries: Query[] = [];
  readonly #columnOf = new Map<string, number>();
  readonly #models: string[] = [];
  /** [capacity × stride], row-major. */
  #numbers = EXACT.map(() => new Float64Array());
  #counts: (Float32Array | Float64Array)[] = COUNTS.map(() => new Float32Array());
  #marks = new Uint8Array();
  #stride = 0;
  #capacity = 0;
  readonly #expectedRows: () => number;

  /**
   * @param models columns that come first, in this order; others follow as they appear
   * @param expectedRows about how many rows there will be, by what is known when it is asked; wrong guesses cost a copy
   */
  constructor(models: readonly string[] = [], expectedRows: () => number = () => 0) {
    this.#expectedRows = expectedRows;
    for (const model of models) this.#column(model);
  }

  /** In the order of the columns. */
  get models(): readonly string[] {
    return this.#models;
  }

  add({ query, outcomes }: OutcomeRow): void {
    const row = this.queries.push(query) - 1;
    this.#makeRoom();
    let place = 0;
    for (const model in outcomes) {
      // rows name their models in the same order as a rule
      const column = this.#models[place] === model ? place : this.#column(model);
      place++;
      this.#fill(row * this.#stride + column, outcomes[model]!);
    }
  }

  /** NaN = missing, or a model without a column. */
  quality(row: number, model: string): number {
    const column = this.#columnOf.get(model);
    return column === undefined ? Number.NaN : this.#numbers[0]![row * this.#stride + column]!;
  }

  /** Another score for a cell, whose other numbers stay. */
  setQuality(row: number, model: string, quality: number): void {
    const column = this.#column(model);
    this.#numbers[0]![row * this.#stride + column] = quality;
  }

  /** Models with a quality in one of the rows at least, in the order of the columns. */
  scored(rows: ArrayLike<number>): string[] {
    const quality = this.#numbers[0]!;
    return this.#models.flatMap((model, column) => {
      for (let r = 0; r < rows.length; r++) {
        if (!Number.isNaN(quality[rows[r]! * this.#stride + column])) return [model];
      }
      return [];
    });
  }

  audit(rows: ArrayLike<number>): CellAudit {
    const audit = { scored: 0, repeated: 0, changed: 0, unparsed: 0 };
    for (let r = 0; r < rows.length; r++) {
      for (let at = rows[r]! * this.#stride, end = at + this.#models.length; at < end; at++) {
        if (Number.isNaN(this.#numbers[0]![at])) continue;
        const marks = this.#marks[at]!;
        audit.scored++;
        if (marks & UNPARSED) audit.unparsed++;
        if (marks & REPEATED) audit.repeated++;
        if (marks & CHANGED) audit.changed++;
      }
    }
    return audit;
  }

  /**
   * The rows, ascending, as a table with these columns; a model without a column is NaN. The numbers are moved where they lie, not
   * copied: nothing else can be asked of the columns afterwards.
   */
  take(rows: ArrayLike<number>, models: readonly string[]): OutcomeTable {
    const from = Int32Array.from(models, (model) => this.#columnOf.get(model) ?? -1);
    const queries = Array.from(rows, (row) => this.queries[row]!);
    const stride = this.#stride;
    const shape = { rows: queries.length, cols: models.length };
    const take = <A extends Float32Array | Float64Array>(fields: A[], field: number, none: A): Matrix<A> => {
      const data = gathered(fields[field]!, stride, rows, from);
      fields[field] = none;
      return { ...shape, data };
    };
    const exact = (field: number) => take(this.#numbers, field, new Float64Array());
    const count = (field: number) => take(this.#counts, field, new Float32Array());
    return {
      models,
      queries,
      quality: exact(0),
      latency: exact(1),
      cost: exact(2),
      inputTokens: count(0),
      outputTokens: count(1),
    };
  }

  #column(model: string): number {
    const known = this.#columnOf.get(model);
    if (known !== undefined) return known;
    this.#columnOf.set(model, this.#models.length);
    this.#models.push(model);
    this.#makeRoom();
    return this.#models.length - 1;
  }

  #fill(at: number, cell: OutcomeCell): void {
    const [quality, latency, cost] = this.#numbers as [Float64Array, Float64Array, Float64Array];
    quality[at] = cell.quality ?? Number.NaN;
    latency[at] = cell.latency ?? Number.NaN;
    cost[at] = cell.cost ?? Number.NaN;
    this.#count(0, at, cell.inputTokens);
    this.#count(1, at, cell.outputTokens);
    const { flags, repeats } = cell;
    if (flags === undefined && repeats === undefined) return;
    let marks = flags?.includes('unparsed') ? UNPARSED : 0;
    if (repeats && repeats.length > 1) {
      marks |= REPEATED;
      if (repeats.some((score) => Math.abs(score - repeats[0]!) > SAME)) marks |= CHANGED;
    }
    this.#marks[at] = marks;
  }

  #count(field: number, at: number, value: number | null | undefined): void {
    if (value == null) return;
    if (Math.fround(value) !== value && this.#counts[field] instanceof Float32Array) {
      this.#counts[field] = Float64Array.from(this.#counts[field]);
    }
    this.#counts[field]![at] = value;
  }

  #makeRoom(): void {
    const [rows, models] = [this.queries.length, this.#models.length];
    if (rows <= this.#capacity && models <= this.#stride) return;
    // models that appear late double the width: every widening copies what is there
    const stride = models <= this.#stride ? this.#stride : rows <= 1 ? models : Math.max(models, 2 * this.#stride);
    const capacity =
      rows <= this.#capacity
        ? this.#capacity
        : Math.max(16, rows, Math.ceil(1.5 * this.#capacity), this.#expectedRows());
    const grown = <A extends Float32Array | Float64Array | Uint8Array>(old: A, nothing: number): A => {
      const bigger = new (old.constructor as new (n: number) => A)(capacity * stride).fill(nothing) as A;
      if (stride === this.#stride) bigger.set(old);
      else {
        for (let row = 0; row < this.#capacity; row++)
          bigger.set(old.subarray(row * this.#stride, (row + 1) * this.#stride), row * stride);
      }
      return bigger;
    };
    for (const field of this.#numbers.keys()) this.#numbers[field] = grown(this.#numbers[field]!, Number.NaN);
    for (const field of this.#counts.keys()) this.#counts[field] = grown(this.#counts[field]!, Number.NaN);
    this.#marks = grown(this.#marks, 0);
    this.#stride = stride;
    this.#capacity = capacity;
  }
}

/** Some rows and columns, moved to the front of `data` where they fit there: rows ascend, so no value is overwritten unread. */
function gathered<A extends Float32Array | Float64Array>(
  data: A,
  stride: number,
  rows: ArrayLike<number>,
  from: Int32Array,
): A {
  const M = from.length;
  const isWhole = M === stride && from.every((column, m) => column === m);
  const inPlace = M <= stride && 2 * rows.length * M >= data.length;
  const out = inPlace ? data : new (data.constructor as new (n: number) => A)(rows.length * M);
  const row = new Float64Array(M);
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * stride;
    if (inPlace && isWhole && rows[i] === i) continue;
    for (let m = 0; m < M; m++) row[m] = from[m]! < 0 ? Number.NaN : data[at + from[m]!]!;
    out.set(row, i * M);
  }
  return (out.length === rows.length * M ? out : out.subarray(0, rows.length * M)) as A;
}
