// The rows of LLMRouter's tables as JSON objects, whether the file is JSONL or CSV: a CSV knows texts alone, so numbers are read by name.

import { readCsv } from '../csv.js';
import type { JsonObject } from '../field.js';
import { objectAt, wrong } from '../field.js';
import { readJsonLines } from '../jsonl.js';

export interface TableRow {
  readonly fields: JsonObject;
  /** `table.csv:17` */
  readonly where: string;
}

const NUMBERS = new Set([
  'response_time',
  'performance',
  'input_tokens',
  'output_tokens',
  'token_num',
  'embedding_id',
  'fig_id',
]);
/** How pandas writes a missing value; in a text column they may be words. */
const MISSING = /^(|nan|none|null|na)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A name that ends in .csv is CSV, any other is JSONL. Throws VSR_FILE and VSR_DATA: the first bad row stops the read. */
export async function* readTableRows(path: string): AsyncGenerator<TableRow> {
  if (!/\.csv$/i.test(path)) {
    for await (const { line, value } of readJsonLines({ source: path })) {
      const where = `${path}:${line}`;
      yield { fields: objectAt(value, `${where}: a row`), where };
    }
    return;
  }
  for await (const { line, fields } of readCsv({ source: path })) {
    const where = `${path}:${line}`;
    const typed = Object.entries(fields).flatMap(([key, text]): [string, unknown][] => {
      if (NUMBERS.has(key)) return MISSING.test(text.trim()) ? [] : [[key, numberFrom(text, `${where}: ${key}`)]];
      return text === '' ? [] : [[key, text]];
    });
    yield { fields: Object.fromEntries(typed), where };
  }
}

function numberFrom(text: string, where: string): number {
  const trimmed = text.trim();
  if (!NUMBER.test(trimmed)) throw wrong(where, 'a number', text);
  return Number(trimmed);
}
