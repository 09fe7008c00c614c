// add-category: fills in the category that rows of a JSONL file lack; what was done stands on disk after every batch.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { writeError } from '../artifacts/atomic-write.js';
import type { VsrConfig } from '../config/schema.js';
import { readJsonLines } from '../data/jsonl.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { type Categorised, type Method, openMethod } from './add-category/classify.js';
import type { PipelineContext } from './context.js';

export interface AddCategoryResult {
  readonly output: string;
  readonly rows: number;
  /** Rows that had a category. */
  readonly kept: number;
  readonly added: number;
  /** Rows that still have none. */
  readonly failed: number;
  /** Rows that an interrupted run had done. */
  readonly resumed: number;
}

type Row = Record<string, unknown>;

/** Calls to a server or model at a time. */
const AT_ONCE = 4;

/**
 * Rows keep their order and every other key; a row that fails keeps no category. An interrupted run goes on where it stopped:
 * what is done lies in `<output>.partial` until all is.
 * Throws `VSR_USAGE`, `VSR_DATA`, `VSR_FILE` and what opening the method throws.
 */
export async function addCategory(config: VsrConfig, context: PipelineContext): Promise<AddCategoryResult> {
  const { input, output, batchSize, overwrite } = config.addCategory;
  if (input === undefined || output === undefined) {
    throw new VsrError('VSR_USAGE', 'add-category needs --input and --output.', {
      hint: 'Example: vsr add-category --input queries.jsonl --output categorised.jsonl',
    });
  }
  const method = await openMethod(config, context);
  const partial = `${output}.partial`;
  const before = finishedLines(partial);
  const counts = { rows: 0, kept: 0, added: 0, failed: 0, resumed: 0 };
  let batch: Row[] = [];
  let following = before.length > 0;
  const store = (text: string) => guarded(output, () => appendFileSync(partial, text));
  if (!following) guarded(output, () => writeFileSync(partial, ''));
  const flush = async () => {
    throwIfAborted(context.signal);
    const open = batch.filter((row) => overwrite || !hasCategory(row));
    const answers = await classified(method, open, config, context);
    const answerOf = new Map(open.map((row, i) => [row, answers[i] ?? null]));
    counts.kept += batch.length - open.length;
    counts.added += answers.filter((answer) => answer !== null).length;
    counts.failed += answers.filter((answer) => answer === null).length;
    store(batch.map((row) => `${JSON.stringify(withAnswer(row, answerOf))}\n`).join(''));
    batch = [];
    context.onProgress?.({ stage: 'add-category', done: counts.rows, total: counts.rows });
  };
  for await (const { line, value } of readJsonLines({ source: input })) {
    const row = rowFrom(value, `${input}:${line}`);
    const done = following ? before[counts.rows] : undefined;
    if (done !== undefined && done.query === row.query) {
      counts.rows++;
      counts.resumed++;
      if (!hasCategory(done)) counts.failed++;
      continue;
    }
    if (following) {
      // Past the end of what was done, or another file than the one it was done for.
      following = false;
      guarded(output, () =>
        writeFileSync(
          partial,
          before
            .slice(0, counts.rows)
            .map((one) => `${JSON.stringify(one)}\n`)
            .join(''),
        ),
      );
    }
    counts.rows++;
    batch.push(row);
    if (batch.length === batchSize) await flush();
  }
  if (batch.length > 0) await flush();
  guarded(output, () => renameSync(partial, output));
  return { output, ...counts };
}

async function classified(
  { classify, remote }: Method,
  rows: readonly Row[],
  { addCategory: { maxRetries, retryDelay } }: VsrConfig,
  context: PipelineContext,
): Promise<(Categorised | null)[]> {
  const texts = rows.map(({ query }) => query as string);
  if (!remote) return texts.length > 0 ? classify(texts) : [];
  const answers: (Categorised | null)[] = texts.map(() => null);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < texts.length; i = next++) {
      for (let attempt = 0; attempt <= maxRetries && answers[i] === null; attempt++) {
        throwIfAborted(context.signal);
        if (attempt > 0) await pause(1000 * retryDelay, undefined, { signal: context.signal }).catch(() => {});
        try {
          answers[i] = (await classify([texts[i]!]))[0] ?? null;
        } catch (error) {
          throwIfAborted(context.signal);
          if (attempt === maxRetries) context.onWarning?.(`A row keeps no category: ${(error as Error).message}`);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

function withAnswer(row: Row, answers: ReadonlyMap<Row, Categorised | null>): Row {
  const answer = answers.get(row);
  if (answer === undefined) return row;
  const { category: _category, category_confidence: _confidence, ...rest } = row;
  if (answer === null) return rest;
  const { category, confidence } = answer;
  return { ...rest, category, ...(confidence !== null && { category_confidence: Number(confidence.toFixed(4)) }) };
}

function hasCategory({ category }: Row): boolean {
  return typeof category === 'string' && category !== '';
}

function rowFrom(value: unknown, where: string): Row {
  const row = value as Row | null;
  if (typeof row === 'object' && row !== null && typeof row.query === 'string') return row;
  throw new VsrError('VSR_DATA', `${where}: expected an object with a text "query".`);
}

/** Whole lines of an interrupted run; a torn last one is dropped. */
function finishedLines(partial: string): Row[] {
  if (!existsSync(partial)) return [];
  const text = readFileSync(partial, 'utf8');
  const rows: Row[] = [];
  for (const line of text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)) {
    try {
      rows.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  return rows;
}

function guarded(output: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw writeError(output, error);
  }
}
