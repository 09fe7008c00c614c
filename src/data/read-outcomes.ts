// Reads outcomes.jsonl and, beside it, the list of models in outcomes.meta.json.
import { existsSync } from 'node:fs';
import { VsrError } from '../errors/vsr-error.js';
import { objectAt, wrong } from './field.js';
import { type LineSource, nameOf, readJsonLines } from './jsonl.js';
import { readJsonFile } from './open-file.js';
import type { OutcomeRow } from './outcome.js';
import { type OutcomeRowOptions, outcomeFromRow } from './outcome-row.js';
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
  const counter = new RowCounter();
  const rows: OutcomeRow[] = [];
  const models = new Set<string>(await modelsOfMeta(path));
  const counted = { ...options, onUnknownCategory: counter.unknownCategory };
  for await (const { line, row } of streamOutcomes({ source: path }, counted)) {
    if (!counter.isNew(row.query, `${path}:${line}`)) continue;
    rows.push(row);
    for (const model in row.outcomes) models.add(model);
  }
  if (models.size === 0)
    throw new VsrError(
      'VSR_DATA',
      `${path}: expected outcomes of at least one model, got none in ${rows.length} rows.`,
    );
  return { rows, models: [...models], ...counter.counts() };
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
