// Reads queries: .jsonl (a row a line), .json (an array of rows or texts), .txt (a query a line), or JSON lines from a stream.
import { VsrError } from '../errors/vsr-error.js';
import { type LineSource, nameOf, readJsonLines, readLines } from './jsonl.js';
import { readJsonFile } from './open-file.js';
import type { Query } from './query.js';
import { type QueryRowOptions, queryFromRow } from './query-row.js';
import { RowCounter, type RowCounts } from './row-counter.js';

export interface Queries extends RowCounts {
  /** In file order, without the rows whose id stood before. */
  readonly queries: readonly Query[];
}

export interface QueryLine {
  /** Line of the file, or position in a .json array; from 1. */
  readonly line: number;
  readonly query: Query;
}

/** All queries of a file. Throws VSR_FILE and VSR_DATA: the first bad row stops the read. */
export async function readQueries(path: string, options: QueryRowOptions = {}): Promise<Queries> {
  const counter = new RowCounter(path);
  const queries: Query[] = [];
  const counted = { ...options, onUnknownCategory: counter.unknownCategory };
  for await (const { line, query } of streamQueries({ source: path }, counted)) {
    if (counter.isNew(query, line)) queries.push(query);
  }
  return { queries, ...counter.counts() };
}

/**
 * Queries one at a time, in constant memory for .jsonl, .txt and streams. The format follows the ending of the path; a
 * stream is read as JSON lines. Equal ids are not looked for. Throws VSR_FILE and VSR_DATA.
 */
export async function* streamQueries(source: LineSource, options: QueryRowOptions = {}): AsyncGenerator<QueryLine> {
  const name = nameOf(source);
  if (typeof source.source === 'string' && /\.txt$/i.test(source.source)) {
    for await (const { line, text } of readLines(source))
      yield { line, query: queryFromRow({ query: text }, `${name}:${line}`, options) };
    return;
  }
  if (typeof source.source === 'string' && /\.json$/i.test(source.source)) {
    yield* queriesOfArray(await readJsonFile(source.source), name, options);
    return;
  }
  for await (const { line, value } of readJsonLines(source))
    yield { line, query: queryFromRow(value, `${name}:${line}`, options) };
}

function* queriesOfArray(value: unknown, name: string, options: QueryRowOptions): Generator<QueryLine> {
  if (!Array.isArray(value))
    throw new VsrError(
      'VSR_DATA',
      `${name} must be a JSON array of rows or texts, got ${value === null ? null : typeof value}.`,
      {
        hint: 'One object a line belongs into a file named .jsonl.',
      },
    );
  if (value.length === 0) throw new VsrError('VSR_DATA', `${name} is empty: expected at least one row.`);
  for (const [i, item] of value.entries())
    yield {
      line: i + 1,
      query: queryFromRow(typeof item === 'string' ? { query: item } : item, `${name}[${i}]`, options),
    };
}
