// Reads outcomes.jsonl and, beside it, the list of models in outcomes.meta.json.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { VsrError } from '../errors/vsr-error.js';
import { objectAt, wrong } from './field.js';
import { type LineSource, nameOf, readJsonLines } from './jsonl.js';
import { readJsonFile } from './open-file.js';
import type { OutcomeRow } from './outcome.js';
import { OutcomeColumns } from './outcome-columns.js';
import { type OutcomeRowOptions, outcomeFromRow } from './outcome-row.js';
import type { Query } from './query.js';
import { RowCounter, type RowCounts } from './row-counter.js';

export interface Outcomes extends RowCounts {
  /** In file order, without the rows whose id stood before. */
  readonly rows: readonly OutcomeRow[];
  /** Those of the meta file first, then any other in order of first appearance. */
  readonly models: readonly string[];
}

export interface OutcomeLine {
  readonly line: number;
  readonly row: OutcomeRow;
}

/** All rows of a file. Throws VSR_FILE and VSR_DATA: the first bad row stops the read. */
export async function readOutcomes(path: string, options: OutcomeRowOptions = {}): Promise<Outcomes> {
  const rows: OutcomeRow[] = [];
  const models = new Set<string>(await modelsOfMeta(path));
  const counts = await eachNewRow({ source: path }, options, (row) => {
    rows.push(row);
    for (const model in row.outcomes) models.add(model);
  });
  refuseWithoutModels(path, models.size, rows.length);
  return { rows, models: [...models], ...counts };
}

export interface RecordedOutcomes extends RowCounts {
  /** Models as in `Outcomes`; queries without truth, choices and keys that are not vsr's, which nobody learns or judges from. */
  readonly columns: OutcomeColumns;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
}

/** All rows of a file as columns: of a row itself only the query stays. Throws what `readOutcomes` throws. */
export async function readOutcomeColumns(path: string, options: OutcomeRowOptions = {}): Promise<RecordedOutcomes> {
  const hash = createHash('sha256');
  const size = await stat(path).then(
    ({ size }) => size,
    () => 0,
  ); // a file that is not there is the reader's to refuse
  let bytes = 0;
  const onBytes = (chunk: Uint8Array) => {
    hash.update(chunk);
    bytes += chunk.length;
  };
  const expectedRows = (): number => Math.ceil((1.02 * columns.queries.length * size) / Math.max(1, bytes));
  const columns: OutcomeColumns = new OutcomeColumns(await modelsOfMeta(path), expectedRows);
  const names = new Map<string, string>();
  const counts = await eachNewRow({ source: path, onBytes }, options, ({ query, outcomes }) => {
    columns.add({ query: withoutAnswers(query, names), outcomes });
  });
  refuseWithoutModels(path, columns.models.length, columns.queries.length);
  return { columns, sha256: hash.digest('hex'), ...counts };
}

async function eachNewRow(
  source: LineSource,
  options: OutcomeRowOptions,
  take: (row: OutcomeRow) => void,
): Promise<RowCounts> {
  const counter = new RowCounter(nameOf(source));
  const counted = { ...options, onUnknownCategory: counter.unknownCategory };
  for await (const { line, row } of streamOutcomes(source, counted)) if (counter.isNew(row.query, line)) take(row);
  return counter.counts();
}

function refuseWithoutModels(path: string, models: number, rows: number): void {
  if (models > 0) return;
  throw new VsrError('VSR_DATA', `${path}: expected outcomes of at least one model, got none in ${rows} rows.`);
}

const NO_IMAGES: readonly string[] = Object.freeze([]);
const NO_KEYS = Object.freeze({});

/** @param names equal names share one text: a million rows have few tasks */
function withoutAnswers(query: Query, names: Map<string, string>): Query {
  const shared = <T extends string | null>(name: T): T => {
    if (name === null) return name;
    const known = names.get(name);
    if (known === undefined) names.set(name, name);
    return (known ?? name) as T;
  };
  return {
    id: query.id,
    query: query.query,
    groundTruth: null,
    metric: null,
    choices: null,
    category: shared(query.category),
    taskName: shared(query.taskName),
    userId: shared(query.userId),
    sessionId: shared(query.sessionId),
    images: query.images.length === 0 ? NO_IMAGES : query.images,
    split: query.split,
    extra: NO_KEYS,
  };
}

/** Rows one at a time in constant memory; equal ids are not looked for. Throws VSR_FILE and VSR_DATA. */
export async function* streamOutcomes(
  source: LineSource,
  options: OutcomeRowOptions = {},
): AsyncGenerator<OutcomeLine> {
  const name = nameOf(source);
  for await (const { line, value } of readJsonLines(source))
    yield { line, row: outcomeFromRow(value, `${name}:${line}`, options) };
}

/** `runs/outcomes.jsonl` has its meta file at `runs/outcomes.meta.json`. */
export function metaPathOf(path: string): string {
  return `${path.replace(/\.jsonl$/i, '')}.meta.json`;
}

async function modelsOfMeta(path: string): Promise<string[]> {
  const metaPath = metaPathOf(path);
  if (!existsSync(metaPath)) return [];
  const meta = objectAt(await readJsonFile(metaPath), `${metaPath}: the file`);
  if (meta.format !== 'vsr.outcomes/1') throw wrong(`${metaPath}: format`, '"vsr.outcomes/1"', meta.format);
  if (!Array.isArray(meta.models) || meta.models.some((model) => typeof model !== 'string'))
    throw wrong(`${metaPath}: models`, 'a list of texts', meta.models);
  return meta.models;
}
