// The queries to ask, each with its scorer and its prompt; truths are tried before a single call is paid for.
import { hash } from 'node:crypto';
import type { VsrConfig } from '../../config/schema.js';
import { readJsonLines } from '../../data/jsonl.js';
import type { OutcomeRow } from '../../data/outcome.js';
import { parsePythonLiteral } from '../../data/python-literal.js';
import type { Query } from '../../data/query.js';
import { readOutcomes } from '../../data/read-outcomes.js';
import { readQueries, streamQueries } from '../../data/read-queries.js';
import type { RowCounts } from '../../data/row-counter.js';
import { sampleQueries } from '../../data/sample.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import { testsOf } from '../../scoring/code/code-tests.js';
import { type ResolvedScorer, resolveScorer } from '../../scoring/registry.js';
import { scoreCompletion } from '../../scoring/score-completion.js';
import type { PipelineContext } from '../context.js';
import { imageHash, imagePlaces } from './images.js';
import { promptFor } from './prompt.js';

export interface Question {
  readonly query: Query;
  readonly scorer: ResolvedScorer;
  readonly prompt: string;
  /** SHA-256 of the prompt and its images, once for all models. */
  readonly promptHash: string;
  /** URLs, and absolute paths. */
  readonly images: readonly string[];
  /** For errors: file and id. */
  readonly where: string;
}

/** A file of queries; if its rows hold outcomes (or the short form, scores), they can be played back. */
export interface QueryFile {
  readonly path: string;
  readonly queries: readonly Query[];
  /** By query id; empty where the file holds queries alone. */
  readonly recorded: ReadonlyMap<string, OutcomeRow>;
  /** Models with a recorded outcome, in file order. */
  readonly recordedModels: readonly string[];
}

/** Throws `VSR_FILE` and `VSR_DATA`; repeated rows are counted and said. */
export async function readQueryFile(config: VsrConfig, path: string, context: PipelineContext): Promise<QueryFile> {
  if (!(await holdsOutcomes(path))) {
    const read = await readQueries(path);
    reportCounts(read, path, context);
    return { path, queries: read.queries, recorded: new Map(), recordedModels: [] };
  }
  const read = await readOutcomes(path, { scale: config.scoring.scale });
  reportCounts(read, path, context);
  return {
    path,
    queries: read.rows.map((row) => row.query),
    recorded: new Map(read.rows.map((row) => [row.query.id, row])),
    recordedModels: read.models,
  };
}

/**
 * The seeded sample of a file, ready to be asked.
 * Throws `VSR_SCORER_UNKNOWN`, or `VSR_DATA` for a truth that its scorer cannot read or an image that is not there, with
 * file and line; `VSR_USAGE` for a --scorer that names no task.
 */
export async function prepareQuestions(config: VsrConfig, file: QueryFile): Promise<Question[]> {
  const { queryLimit, scorer: scorers, concise } = config.benchmark;
  checkTasks(Object.keys(scorers), file);
  const sample = sampleQueries(file.queries, queryLimit, config.seed);
  const judge = config.scoring.judge.model !== undefined;
  const questions: Question[] = [];
  for (const query of sample) {
    const { metric, choices, groundTruth, taskName } = query;
    const where = `${file.path}, query ${query.id}`;
    const override = taskName === null ? undefined : ownValue(scorers, taskName);
    try {
      const scorer = await resolveScorer(
        { metric, hasChoices: choices !== null, groundTruth, override, judge },
        override === undefined ? where : `--scorer ${taskName}`,
      );
      tryTruth(query, scorer, where);
      const prompt = promptFor(query, scorer.name, concise);
      const images = imagePlaces(query.images, file.path, where);
      const promptHash = hashOf(prompt, imageHash(images, where));
      questions.push({ query, scorer, prompt, promptHash, images, where });
    } catch (error) {
      throw await withLine(error, where, file.path, query.id);
    }
  }
  return questions;
}

function hashOf(prompt: string, images: string): string {
  return hash('sha256', images === '' ? prompt : JSON.stringify([prompt, images]), 'hex');
}

function checkTasks(named: readonly string[], { queries, path }: QueryFile): void {
  if (named.length === 0) return;
  const tasks = [...new Set(queries.flatMap(({ taskName }) => taskName ?? []))];
  const stray = named.find((task) => !tasks.includes(task));
  if (stray === undefined) return;
  const near = nearestName(stray, tasks);
  const known = tasks.length > 0 ? `its tasks are ${tasks.slice(0, 20).join(', ')}` : 'its rows name no task';
  throw new VsrError('VSR_USAGE', `--scorer ${stray}: ${path} holds no task of that name; ${known}.`, {
    ...(near !== undefined && { hint: `Did you mean ${near}?` }),
  });
}

function ownValue(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The error with `queries.jsonl:17` for `queries.jsonl, query 9f…`: lines are looked up only where one is needed. */
async function withLine(error: unknown, where: string, path: string, id: string): Promise<unknown> {
  if (!(error instanceof VsrError) || !error.message.startsWith(where)) return error;
  for await (const { line, query } of streamQueries({ source: path })) {
    if (query.id !== id) continue;
    const place = /\.json$/i.test(path) ? `${path}[${line - 1}]` : `${path}:${line}`;
    const details = { ...(error.hint !== undefined && { hint: error.hint }), cause: error };
    return new VsrError(error.code, `${place}${error.message.slice(where.length)}`, details);
  }
  return error;
}

/** The first row decides. */
async function holdsOutcomes(path: string): Promise<boolean> {
  if (/\.(json|txt)$/i.test(path)) return false;
  for await (const { value } of readJsonLines({ source: path })) {
    return typeof value === 'object' && value !== null && ('outcomes' in value || 'scores' in value);
  }
  return false;
}

/** A scorer complains about the truth alone, whatever the answer: so an empty one is enough to find out. */
function tryTruth({ query, groundTruth, choices }: Query, scorer: ResolvedScorer, where: string): void {
  if (scorer.name === 'code') {
    tryTests(groundTruth, query, where);
    return;
  }
  scoreCompletion({ completion: NO_ANSWER, scorer, groundTruth, choices, where });
}

function tryTests(groundTruth: Query['groundTruth'], query: string, where: string): void {
  if (groundTruth === null) return;
  try {
    testsOf(groundTruth, query, parsePythonLiteral);
  } catch (error) {
    if (!(error instanceof VsrError)) throw error;
    throw new VsrError(error.code, `${where}: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
  }
}

const NO_ANSWER = {
  text: '',
  finishReason: 'stop',
  inputTokens: null,
  outputTokens: null,
  latency: null,
  attempts: 0,
  flags: [],
} as const;

function reportCounts(
  { duplicateIds, sameText, unknownCategories }: RowCounts,
  path: string,
  context: PipelineContext,
) {
  const rows = (n: number) => `${n} ${n === 1 ? 'row' : 'rows'}`;
  if (duplicateIds > 0) {
    context.onWarning?.(`${path}: ${rows(duplicateIds)} left out, because the same row stands before.`);
  }
  if (sameText > 0) {
    context.onNotice?.(
      `${path}: ${rows(sameText)} with the text of an earlier row but another truth or task; all are asked.`,
    );
  }
  if (unknownCategories > 0) {
    context.onNotice?.(`${path}: ${rows(unknownCategories)} with a category that is not known; it counts as "other".`);
  }
}
