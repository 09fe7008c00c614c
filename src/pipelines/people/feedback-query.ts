// Which query feedback is about: the text given, or the id of a decision, found in the files that hold it.
import { existsSync } from 'node:fs';
import { openArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { VsrConfig } from '../../config/schema.js';
import { objectAt, optionalText } from '../../data/field.js';
import { readJsonLines } from '../../data/jsonl.js';
import { queryId } from '../../data/query-row.js';
import { streamQueries } from '../../data/read-queries.js';
import { VsrError } from '../../errors/vsr-error.js';
import { readLearnedQueries } from '../trained/companion-files.js';

export interface AskedBefore {
  readonly query: string;
  /** The model that was decided on, where the decision was found. */
  readonly model: string | undefined;
}

const DECISIONS = 'decisions.jsonl';
const QUERIES = ['queries.jsonl', 'outcomes.jsonl'];

/** Throws `VSR_USAGE` without --query and --id, `VSR_DATA` where no file knows the id. */
export async function askedBefore({ feedback, data }: VsrConfig): Promise<AskedBefore> {
  const { id: given, query, artifacts, dataFile } = feedback;
  if (given === undefined && query === undefined) {
    throw new VsrError('VSR_USAGE', 'feedback needs --query or --id: which query is it about?', {
      hint: 'Ids stand in the decisions that vsr infer --output writes.',
    });
  }
  const id = given ?? queryId(null, query!, null, null);
  const model = await decidedModel(feedback.decisions, id, feedback.userId);
  if (query !== undefined) return { query, model };
  const learned = readLearnedQueries(openArtifactDirectory(artifacts)).find((one) => one.id === id);
  if (learned) return { query: learned.query, model };
  const files = dataFile ? [dataFile] : [data.queries, data.outcomes, ...QUERIES].filter((path) => path !== undefined);
  for (const path of files) {
    if (dataFile === undefined && !existsSync(path)) continue;
    for await (const { query: row } of streamQueries({ source: path }))
      if (row.id === id) return { query: row.query, model };
  }
  throw new VsrError('VSR_DATA', `--id ${id}: no such query in ${[artifacts, ...files].join(', ')}.`, {
    hint: 'Give its text with --query, or the file it stands in with --data-file.',
  });
}

/** The latest decision on this query, of this user where rows name one. */
async function decidedModel(
  named: string | undefined,
  id: string,
  userId: string | undefined,
): Promise<string | undefined> {
  const path = named ?? DECISIONS;
  if (named === undefined && !existsSync(path)) return undefined;
  let model: string | undefined;
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const row = objectAt(value, `${where}: a decision`);
    if (optionalText(row, 'id', where) !== id) continue;
    const of = optionalText(row, 'user_id', where);
    if (of === null || of === userId) model = optionalText(row, 'model', where) ?? model;
  }
  return model;
}
