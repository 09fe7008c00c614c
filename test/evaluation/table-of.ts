// Outcome tables and shared metric fixtures for the evaluation tests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutcomeTable } from '../../src/data/outcome-table.js';
import { bareQuery, type Query } from '../../src/data/query.js';
import { type Matrix, matrix64 } from '../../src/math/matrix.js';
import type { Objective } from '../../src/math/utility.js';
import { SHARED } from '../shared-folder.js';

export type Cells = readonly (readonly (number | null)[])[];

/** null = missing. */
export function values(cells: Cells, cols = cells[0]?.length ?? 0): Matrix<Float64Array> {
  return matrix64(
    cells.length,
    cols,
    Float64Array.from(cells.flat(), (cell) => cell ?? Number.NaN),
  );
}

export function unknown(rows: number, cols: number): Matrix<Float64Array> {
  return matrix64(rows, cols, new Float64Array(rows * cols).fill(Number.NaN));
}

export interface TableParts {
  readonly quality: Cells;
  readonly cost?: Cells;
  readonly latency?: Cells;
  readonly tasks?: readonly string[];
  readonly models?: readonly string[];
}

export function tableOf({ quality, cost, latency, tasks, models }: TableParts): OutcomeTable {
  const names = models ?? quality[0]!.map((_, m) => `m${m}`);
  const column = (cells: Cells | undefined) =>
    cells ? values(cells, names.length) : unknown(quality.length, names.length);
  return {
    models: names,
    queries: quality.map((_, i) => queryOf(i, tasks?.[i] ?? null)),
    quality: column(quality),
    latency: column(latency),
    cost: column(cost),
    inputTokens: column(undefined),
    outputTokens: column(undefined),
  };
}

export const QUALITY_ALONE: Objective = { quality: 1, latency: 0, cost: 0, latencyScaleMs: 10_000, costScale: 1 };

export interface MetricFixture {
  readonly name: string;
  readonly quality: Matrix<Float64Array>;
  readonly cost: Matrix<Float64Array>;
  readonly predicted: Matrix<Float64Array>;
  // biome-ignore lint/suspicious/noExplicitAny: golden numbers of many shapes, each read where it is compared
  readonly expected: any;
}

/** A table of ../shared/fixtures/metrics with its expected numbers. */
export function metricFixture(name: string): MetricFixture {
  const folder = join(SHARED, 'fixtures/metrics');
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const table = read(`table-${name}.json`);
  return {
    name,
    quality: values(table.quality),
    cost: values(table.cost),
    predicted: values(table.predicted),
    expected: read(`expected-${name}.json`),
  };
}

/** int16 [resamples × rows] row numbers of a .npy file (version 1: 10 bytes, then the header). */
export function indexMatrix(name: string): { resamples: number; rows: number; data: Int16Array } {
  const bytes = readFileSync(join(SHARED, `fixtures/metrics/bootstrap-${name}.npy`));
  const header = bytes.readUInt16LE(8);
  const [, resamples, rows] = /\((\d+), (\d+)\)/.exec(bytes.toString('latin1', 10, 10 + header))!;
  const data = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 10 + header, bytes.byteOffset + bytes.length));
  return { resamples: Number(resamples), rows: Number(rows), data };
}

function queryOf(i: number, task: string | null): Query {
  return { ...bareQuery(`query ${i}`), id: `q${i}`, taskName: task };
}
