// Reads comma-separated values (RFC 4180) in constant memory: a header, then records whose quoted fields may hold commas, quotes
// ("" is one) and line breaks.
import { VsrError } from '../errors/vsr-error.js';
import { type LineSource, nameOf } from './jsonl.js';
import { openForReading } from './open-file.js';

export interface CsvRecord {
  /** The line its first field stands on, counted from 1. */
  readonly line: number;
  /** By the header's names; an empty field is an empty text. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A field longer than this is an unclosed quote. */
const LONGEST_FIELD = 64 * 1024 * 1024;

/**
 * The records of a source, one at a time; a BOM, blank lines and \r before \n are ignored.
 * Throws VSR_DATA (not UTF-8, a name twice in the header, a record of another length, an unclosed or misplaced quote), VSR_FILE.
 */
export async function* readCsv(source: LineSource): AsyncGenerator<CsvRecord> {
  const name = nameOf(source);
  let header: readonly string[] | undefined;
  for await (const { line, values } of records(source)) {
    if (header === undefined) {
      header = headerFrom(values, `${name}:${line}`);
      continue;
    }
    if (values.length !== header.length) {
      throw new VsrError(
        'VSR_DATA',
        `${name}:${line}: expected ${header.length} fields as in the header, got ${values.length}.`,
        { hint: 'Quote fields that hold commas or line breaks.' },
      );
    }
    yield { line, fields: Object.fromEntries(header.map((key, i) => [key, values[i]!])) };
  }
  if (header === undefined) throw new VsrError('VSR_DATA', `${name} is empty: expected a header and its records.`);
}

function headerFrom(values: readonly string[], where: string): string[] {
  const names = values.map((value) => value.trim());
  const twice = names.find((value, i) => names.indexOf(value) < i);
  if (twice !== undefined) {
    throw new VsrError('VSR_DATA', `${where}: the column "${twice}" stands twice in the header.`, {
      hint: 'Give every column its own name.',
    });
  }
  return names;
}

interface Values {
  readonly line: number;
  readonly values: string[];
}

async function* records(source: LineSource): AsyncGenerator<Values> {
  const name = nameOf(source);
  let line = 1;
  let start = 1;
  let values: string[] = [];
  let field = '';
  // A quote opens a field only as its first character; after the closing one only a comma or the end of the line may follow.
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  const bad = (what: string) =>
    new VsrError('VSR_DATA', `${name}:${line}: ${what}.`, { hint: 'Write a quote inside a quoted field as "".' });
  const endField = () => {
    values.push(field);
    field = '';
    state = 'start';
  };
  const endRecord = (): Values | undefined => {
    endField();
    const done = { line: start, values };
    values = [];
    return done.values.length === 1 && done.values[0]!.trim() === '' ? undefined : done;
  };
  for await (const text of decoded(source)) {
    for (const char of text) {
      if (char === '\r' && state !== 'quoted') continue;
      if (state === 'quoted') {
        if (char === '"') state = 'closed';
        else field += char;
        if (char === '\n') line++;
        if (field.length > LONGEST_FIELD) throw bad(`the quoted field that begins on line ${start} is never closed`);
      } else if (char === '"') {
        if (state === 'plain') throw bad('a quote stands inside a field that does not begin with one');
        if (state === 'closed') field += '"';
        state = 'quoted';
      } else if (char === ',') endField();
      else if (char === '\n') {
        const record = endRecord();
        line++;
        start = line;
        if (record) yield record;
      } else if (state === 'closed') throw bad('text follows the closing quote of a field');
      else {
        field += char;
        state = 'plain';
      }
    }
  }
  if ((state as string) === 'quoted') throw bad(`the quoted field that begins on line ${start} is never closed`);
  if (field === '' && values.length === 0 && state === 'start') return;
  const last = endRecord();
  if (last) yield last;
}

/** Text in blocks, the BOM left out. Throws VSR_DATA where the bytes are not UTF-8. */
async function* decoded(source: LineSource): AsyncGenerator<string> {
  const chunks = typeof source.source === 'string' ? await openForReading(source.source) : source.source;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const notUtf8 = (cause: unknown) =>
    new VsrError('VSR_DATA', `${nameOf(source)} is not UTF-8.`, { hint: 'Save it as UTF-8.', cause });
  for await (const chunk of chunks) {
    let text: string;
    try {
      text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw notUtf8(cause);
    }
    yield text;
  }
  try {
    decoder.decode();
  } catch (cause) {
    throw notUtf8(cause);
  }
}
