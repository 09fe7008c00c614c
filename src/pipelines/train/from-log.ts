// The log of a gateway as outcomes to train on: each answered request with what people said of the answer.
import { writeFileAtomically } from '../../artifacts/atomic-write.js';
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeCell, OutcomeRow } from '../../data/outcome.js';
import { outcomeRowToJson } from '../../data/outcome-row.js';
import { readOutcomes } from '../../data/read-outcomes.js';
import { readRequestLog } from '../../data/read-request-log.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { PipelineContext } from '../context.js';

/**
 * Writes LOG.outcomes.jsonl, after the rows of --data-file where one is given, and gives the configuration that trains on it.
 * Only rated answers count; of several ratings the last one. Throws `VSR_DATA` for a log without texts or without ratings.
 */
export async function withLogAsOutcomes(config: VsrConfig, context: PipelineContext = {}): Promise<VsrConfig> {
  const { fromLog, dataFile } = config.train;
  if (fromLog === undefined) return config;
  const all = await readRequestLog(fromLog);
  const requests = all.filter(({ hasText }) => hasText);
  const rated = requests.filter((request) => request.rated);
  if (rated.length === 0) {
    const noTexts = all.length > 0 && requests.length === 0;
    throw new VsrError(
      'VSR_DATA',
      `${fromLog} holds ${noTexts ? 'no texts of queries' : 'no rated answer'}, so there is nothing to learn from.`,
      {
        hint: noTexts ? 'Run vsr serve with --log-prompts.' : 'Ratings come in through POST /v1/feedback.',
      },
    );
  }
  const before = dataFile === undefined ? [] : (await readOutcomes(dataFile, { scale: config.scoring.scale })).rows;
  const rare = rareModels([...before, ...rated]);
  for (const [model, count] of rare) {
    context.onWarning?.(
      `${fromLog}: ${model} was rated ${count} ${count === 1 ? 'time' : 'times'}, too few to learn from; it is left out.`,
    );
  }
  const known = (outcomes: Readonly<Record<string, OutcomeCell>>) =>
    Object.fromEntries(Object.entries(outcomes).filter(([model]) => !rare.has(model)));
  const lines = [
    ...before.map((row) => outcomeRowToJson({ ...row, outcomes: known(row.outcomes) })),
    ...rated.map(({ row: { decision: _decision, ts: _ts, ...row }, outcomes }) => ({
      ...row,
      outcomes: known(outcomes),
    })),
  ];
  const path = `${fromLog}.outcomes.jsonl`;
  writeFileAtomically(path, lines.map((row) => `${JSON.stringify(row)}\n`).join(''));
  context.onNotice?.(
    `${path}: ${rated.length} rated answers of ${requests.length}${before.length > 0 ? `, after ${before.length} rows of ${dataFile}` : ''}.`,
  );
  return { ...config, train: { ...config.train, dataFile: path } };
}

/** Scored answers of a model below which chance may leave none of them among the training rows. */
const FEW = 10;

/** Models with fewer, and how many; none where all are rare. */
function rareModels(rows: readonly Pick<OutcomeRow, 'outcomes'>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [model, { quality }] of rows.flatMap(({ outcomes }) => Object.entries(outcomes))) {
    counts.set(model, (counts.get(model) ?? 0) + Number(quality !== null));
  }
  const rare = [...counts].filter(([, count]) => count > 0 && count < FEW);
  const often = [...counts.values()].some((count) => count >= FEW);
  return new Map(often ? rare : []);
}
