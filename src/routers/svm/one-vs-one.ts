// One machine per pair of classes, in libsvm's layout: the form in which foreign routers load support-vector machines.
// Layout and order of vectors and pairs: Chang and Lin, LIBSVM, ACM TIST 2 (2011), section 7.
import { VsrError } from '../../errors/vsr-error.js';
import { type Matrix, matrix64, takeRows } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { gramMatrix } from './gram.js';
import { type Kernel, type KernelSettings, resolveKernel } from './kernel.js';
import { type Gram, type SmoOptions, type SmoSolution, solveDual } from './smo.js';

export interface OneVsOneSettings extends KernelSettings {
  readonly c: number;
  /** More rows than this: as many, drawn from every class in proportion, are learned from. Default: all. */
  readonly maxRows?: number;
}

export interface OneVsOneOptions extends SmoOptions {
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

/**
 * For the pair i < j: f_ij(x) = Σ_{s of i} dualCoef[j−1][s] k + Σ_{s of j} dualCoef[i][s] k + intercept[p]; above 0 means
 * i, except for two classes, where above 0 means class 1. Pairs in the order 01 02 … 12 ….
 */
export interface OneVsOneMachines {
  readonly kernel: Kernel;
  /** [S] rows of the training matrix, by class, then by row. */
  readonly support: Int32Array;
  /** [S×D] */
  readonly supportVectors: Matrix;
  /** [(classes−1)×S] */
  readonly dualCoef: Matrix<Float64Array>;
  /** [classes·(classes−1)/2] */
  readonly intercept: Float64Array;
  /** [classes] vectors of each class; they add up to S. */
  readonly nSupport: Int32Array;
}

/**
 * A pair of which one class has no row always decides for the other, a pair without any row for neither.
 * @param rows [N×D], used as they are; labels [N] class 0 … classes − 1 of each row
 * @throws `VSR_TRAINING_DATA` for fewer than two classes or labels that do not fit; `VSR_ABORTED`
 */
export async function fitOneVsOne(
  rows: Matrix,
  labels: Int32Array,
  classes: number,
  settings: OneVsOneSettings,
  options: OneVsOneOptions,
): Promise<OneVsOneMachines> {
  checkLabels(rows, labels, classes);
  const { c, maxRows = rows.rows } = settings;
  const kept = rows.rows > maxRows ? drawnRows(labels, classes, maxRows) : undefined;
  if (kept) {
    options.onWarning?.(
      `svm: the one-against-one machines learn from ${kept.length} of ${rows.rows} rows (max_rows ${maxRows}), drawn from every class in proportion.`,
    );
  }
  const some = kept ? takeRows(rows, kept) : rows;
  const someLabels = kept ? kept.map((row) => labels[row]!) : labels;
  const kernel = resolveKernel(settings, some);
  const gram = await gramMatrix(some, kernel, options);
  const machines = await solveOneVsOne(gram, some, someLabels, classes, c, options);
  return { kernel, ...machines, support: kept ? machines.support.map((row) => kept[row]!) : machines.support };
}

/** At most `most` rows (one of each class at least), in row order; the same every time. */
function drawnRows(labels: Int32Array, classes: number, most: number): Int32Array {
  const random = seededRandom(0).fork('one-against-one rows');
  const share = Math.max(0, most - classes) / labels.length;
  const drawn = Array.from({ length: classes }, (_, label) => {
    const own = rowsOfClass(labels, label);
    return random.shuffle(own).slice(0, 1 + Math.floor(share * own.length));
  });
  return Int32Array.from(drawn.flat()).sort();
}

/** The same over a given kernel matrix [N×N] of the rows. */
export async function solveOneVsOne(
  gram: Gram,
  rows: Matrix,
  labels: Int32Array,
  classes: number,
  c: number,
  options: SmoOptions,
): Promise<Omit<OneVsOneMachines, 'kernel'>> {
  checkLabels(rows, labels, classes);
  const members = Array.from({ length: classes }, (_, label) => rowsOfClass(labels, label));
  const coefficients = Array.from({ length: classes - 1 }, () => new Float64Array(rows.rows)); // [classes−1][N]
  const intercepts: number[] = [];
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) {
      const pair = Int32Array.of(...members[i]!, ...members[j]!);
      const { beta, intercept } = await solvePair(gram, pair, members[i]!.length, c, options);
      pair.forEach((row, at) => {
        coefficients[labels[row] === i ? j - 1 : i]![row] = beta[at]!;
      });
      intercepts.push(intercept);
    }
  }
  const machines = collect(rows, members, coefficients, intercepts);
  return classes === 2 ? reversed(machines) : machines;
}

/** @param first how many rows of the pair, from the left, are of class i: the positive ones */
async function solvePair(
  gram: Gram,
  pair: Int32Array,
  first: number,
  c: number,
  options: SmoOptions,
): Promise<Pick<SmoSolution, 'beta' | 'intercept'>> {
  const n = pair.length;
  if (first === 0 || first === n) return { beta: new Float64Array(n), intercept: n === 0 ? 0 : first ? 1 : -1 };
  const sign = Float64Array.from(pair, (_, at) => (at < first ? 1 : -1));
  const problem = {
    gram: subGram(gram, pair),
    targets: sign,
    lower: sign.map((s) => Math.min(0, s * c)),
    upper: sign.map((s) => Math.max(0, s * c)),
    tube: 0,
  };
  return solveDual(problem, options);
}

/** The rows and columns of some rows, copied. */
function subGram({ size, data }: Gram, rows: Int32Array): Gram {
  const n = rows.length;
  const some = data instanceof Float64Array ? new Float64Array(n * n) : new Float32Array(n * n);
  for (let r = 0; r < n; r++) {
    const from = rows[r]! * size;
    for (let c = 0; c < n; c++) some[r * n + c] = data[from + rows[c]!]!;
  }
  return { size: n, data: some };
}

/** Drops the rows that no pair needs. */
function collect(
  rows: Matrix,
  members: readonly Int32Array[],
  coefficients: readonly Float64Array[],
  intercepts: readonly number[],
): Omit<OneVsOneMachines, 'kernel'> {
  const byClass = members.map((own) => own.filter((row) => coefficients.some((line) => line[row] !== 0)));
  const support = Int32Array.from(byClass.flatMap((own) => [...own]));
  const dualCoef = matrix64(coefficients.length, support.length);
  coefficients.forEach((line, l) => {
    support.forEach((row, s) => {
      dualCoef.data[l * support.length + s] = line[row]!;
    });
  });
  return {
    support,
    supportVectors: takeRows(rows, support),
    dualCoef,
    intercept: Float64Array.from(intercepts),
    nSupport: Int32Array.from(byClass, (own) => own.length),
  };
}

/** Two classes are written the other way round: above 0 means class 1. */
function reversed(machines: Omit<OneVsOneMachines, 'kernel'>): Omit<OneVsOneMachines, 'kernel'> {
  const { rows, cols, data } = machines.dualCoef;
  return {
    ...machines,
    dualCoef: matrix64(
      rows,
      cols,
      data.map((value) => -value),
    ),
    intercept: machines.intercept.map((value) => -value),
  };
}

function rowsOfClass(labels: Int32Array, label: number): Int32Array {
  return Int32Array.from(labels.keys()).filter((row) => labels[row] === label);
}

function checkLabels(rows: Matrix, labels: Int32Array, classes: number): void {
  if (classes < 2) {
    throw new VsrError('VSR_TRAINING_DATA', `One-against-one machines need at least two classes, got ${classes}.`);
  }
  const bad = labels.findIndex((label) => label < 0 || label >= classes);
  if (labels.length === rows.rows && bad < 0) return;
  throw new VsrError(
    'VSR_TRAINING_DATA',
    bad < 0
      ? `One-against-one machines: ${rows.rows} rows, but ${labels.length} labels.`
      : `One-against-one machines: row ${bad} has the label ${labels[bad]}; expected 0 to ${classes - 1}.`,
  );
}
