// The queries to ask, each with its scorer and its prompt; truths are tried before a single call is paid for.
import { createHash } from 'node:crypto';
import type { VsrConfig } from '../../config/schema.js';
import { readJsonLines } from '../../data/jsonl.js';
import type { OutcomeRow } from '../../data/outcome.js';
import type { Query } from '../../data/query.js';
import { readOutcomes } from '../../data/read-outcomes.js';
import { readQueries } from '../../data/read-queries.js';
import type { RowCounts } from '../../data/row-counter.js';
import { sampleQueries } from '../../data/sample.js';
import { type ResolvedScorer, resolveScorer } from '../../scoring/registry.js';
import { scoreCompletion } from '../../scoring/score-completion.js';
import type { PipelineContext } from '../context.js';

export interface Question {
  readonly query: Query;
  readonly scorer: ResolvedScorer;
  readonly prompt: string;
  /** SHA-256 of the prompt, once for all models. */
  readonly promptHash: string;
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
 * Throws `VSR_SCORER_UNKNOWN`, or `VSR_DATA` for a truth that its scorer cannot read, naming the row.
 */
export async function prepareQuestions(
  config: VsrConfig,
  file: QueryFile,
  promptFor: (query: Query, scorer: ResolvedScorer['name']) => string,
): Promise<Question[]> {
  const sample = sampleQueries(file.queries, config.benchmark.queryLimit, config.seed);
  const questions: Question[] = [];
  for (const query of sample) {
    const { metric, choices, groundTruth } = query;
    const where = `${file.path}, query ${query.id}`;
    const scorer = await resolveScorer({ metric, hasChoices: choices !== null, groundTruth }, where);
    const prompt = promptFor(query, scorer.name);
    tryTruth(query, scorer, where);
    questions.push({ query, scorer, prompt, promptHash: createHash('sha256').update(prompt).digest('hex'), where });
  }
  return questions;
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
function tryTruth({ groundTruth, choices }: Query, scorer: ResolvedScorer, where: string): void {
  scoreCompletion({ completion: NO_ANSWER, scorer, groundTruth, choices, where });
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
