// Reads JSON lines from a file or a stream in constant memory: {"query":"…"}\n{"query":"…"}\n
import { isUtf8 } from 'node:buffer';
import { VsrError } from '../errors/vsr-error.js';
import { openForReading } from './open-file.js';

export interface Line {
  /** Counted from 1, blank lines included. */
  readonly line: number;
  readonly text: string;
}

export interface JsonLine {
  readonly line: number;
  readonly value: unknown;
}

export interface LineSource {
  /** A path, or chunks of bytes or text such as stdin. */
  readonly source: string | AsyncIterable<Uint8Array | string>;
  /** What errors call it; default: the path, or `stdin`. */
  readonly name?: string;
  /** A source without any line is an error unless this is set. */
  readonly allowEmpty?: boolean;
  /** Sees every byte once, in order, before its lines come: to hash or to count on the way. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/** A line longer than this is not a row; it would only fill the memory. */
const LONGEST_LINE = 256 * 1024 * 1024;

/** `queries.jsonl:17` is `where(nameOf(source), 17)`. */
export function nameOf(source: LineSource): string {
  return source.name ?? (typeof source.source === 'string' ? source.source : 'stdin');
}

/**
 * The values of a JSONL source, one at a time. Lines end at \n alone (U+2028 and U+0085 may stand inside strings); a BOM,
 * blank lines and \r before \n are ignored.
 * Throws VSR_DATA with file and line at the first line that is not JSON, and VSR_FILE if the file cannot be read.
 */
export async function* readJsonLines(source: LineSource): AsyncGenerator<JsonLine> {
  for await (const { line, text } of readLines(source))
    yield { line, value: parseLine(text, `${nameOf(source)}:${line}`) };
}

/** The lines of a source that are not blank. Throws VSR_DATA (not UTF-8, empty source) and VSR_FILE. */
export async function* readLines(source: LineSource): AsyncGenerator<Line> {
  const chunks = typeof source.source === 'string' ? await openForReading(source.source) : source.source;
  let line = 0;
  let found = false;
  for await (const block of wholeLines(chunks, source)) {
    for (const raw of decode(block, line, source).split('\n')) {
      line++;
      const text = line === 1 && raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
      if (text.trim() === '') continue;
      found = true;
      yield { line, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    }
  }
  if (!found && !source.allowEmpty)
    throw new VsrError('VSR_DATA', `${nameOf(source)} is empty: expected at least one line.`);
}

/** One line of JSON. Throws VSR_DATA that starts with `where`. */
export function parseLine(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const notNumber = /[:[,]\s*-?(NaN|Infinity)\b/.exec(text)?.[1];
    if (notNumber !== undefined && /Unexpected token|No number after minus/.test((error as Error).message))
      throw new VsrError('VSR_DATA', `${where}: ${notNumber} is not a JSON value.`, {
        hint: 'Write null for a missing value.',
        cause: error,
      });
    throw new VsrError(
      'VSR_DATA',
      `${where}: expected one JSON value a line, got ${glimpse(text)} (${reasonOf(error)}).`,
      {
        hint: 'Correct or delete the line.',
        cause: error,
      },
    );
  }
}

/** Blocks of whole lines without the last \n; what follows the last \n is the last block, if anything does. */
async function* wholeLines(chunks: AsyncIterable<Uint8Array | string>, source: LineSource): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restLength = 0;
  for await (const chunk of chunks) {
    const bytes =
      typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    source.onBytes?.(bytes);
    const end = bytes.lastIndexOf(0x0a);
    if (end >= 0) {
      yield Buffer.concat([...rest, bytes.subarray(0, end)]);
      rest = [];
      restLength = 0;
    }
    rest.push(bytes.subarray(end + 1));
    restLength += bytes.length - end - 1;
    if (restLength > LONGEST_LINE)
      throw new VsrError('VSR_DATA', `${nameOf(source)}: a line is longer than 256 MB, expected JSON lines.`, {
        hint: 'Is it a JSON array? Write one JSON object a line, or name the file .json.',
      });
  }
  if (restLength > 0) yield Buffer.concat(rest);
}

function decode(block: Buffer, linesBefore: number, source: LineSource): string {
  if (isUtf8(block)) return block.toString('utf8');
  let line = linesBefore + 1;
  for (let start = 0, end = 0; start <= block.length; start = end + 1, line++) {
    end = block.indexOf(0x0a, start);
    if (end < 0) end = block.length;
    if (!isUtf8(block.subarray(start, end))) break;
  }
  throw new VsrError('VSR_DATA', `${nameOf(source)}:${line}: expected UTF-8 text, got other bytes.`, {
    hint: 'Save the file as UTF-8; a compressed or binary file cannot be read as lines.',
  });
}

function glimpse(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

/** The parser's message without its copy of the text. */
function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/, (\.\.\.)?"[\s\S]*$/, '').replace(/ in JSON at position.*$/s, '');
}
