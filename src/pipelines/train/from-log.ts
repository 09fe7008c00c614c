// The log of a gateway as outcomes to train on: each answered request with what people said of the answer.
import { writeFileAtomically } from '../../artifacts/atomic-write.js';
import type { VsrConfig } from '../../config/schema.js';
import { type JsonObject, objectAt } from '../../data/field.js';
import { readJsonLines } from '../../data/jsonl.js';
import type { OutcomeCell } from '../../data/outcome.js';
import { outcomeFromRow, outcomeRowToJson } from '../../data/outcome-row.js';
import { readOutcomes } from '../../data/read-outcomes.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { PipelineContext } from '../context.js';

/**
 * Writes LOG.outcomes.jsonl, after the rows of --data-file where one is given, and gives the configuration that trains on it.
 * Only rated answers count; of several ratings the last one. Throws `VSR_DATA` for a log without texts or without ratings.
 */
export async function withLogAsOutcomes(config: VsrConfig, context: PipelineContext = {}): Promise<VsrConfig> {
  const { fromLog, dataFile } = config.train;
  if (fromLog === undefined) return config;
  const rows = new Map<string, { row: JsonObject; cells: Record<string, OutcomeCell>; rated: boolean }>();
  let withoutText = 0;
  for await (const { line, value } of readJsonLines({ source: fromLog })) {
    const row = objectAt(value, `${fromLog}:${line}: a row`);
    const id = String(row.id ?? `line ${line}`);
    const feedback = (row.decision as { feedback?: unknown } | undefined)?.feedback === true;
    if (typeof row.query !== 'string' || row.query.trim() === '') {
      withoutText++;
      continue;
    }
    const { outcomes } = outcomeFromRow(row, `${fromLog}:${line}`);
    const known = rows.get(id) ?? { row, cells: {}, rated: false };
    rows.set(id, known);
    for (const [model, cell] of Object.entries(outcomes)) {
      known.cells[model] = feedback ? { ...known.cells[model], ...cell } : { ...cell, ...known.cells[model] };
    }
    known.rated ||= feedback;
  }
  const rated = [...rows.values()].filter((row) => row.rated);
  if (rated.length === 0) {
    const texts = withoutText > 0 && rows.size === 0;
    throw new VsrError(
      'VSR_DATA',
      `${fromLog} holds ${texts ? 'no texts of queries' : 'no rated answer'}, so there is nothing to learn from.`,
      {
        hint: texts ? 'Run vsr serve with --log-prompts.' : 'Ratings come in through POST /v1/feedback.',
      },
    );
  }
  const before =
    dataFile === undefined
      ? []
      : (await readOutcomes(dataFile, { scale: config.scoring.scale })).rows.map(outcomeRowToJson);
  const lines = [
    ...before,
    ...rated.map(({ row: { decision: _decision, ts: _ts, ...row }, cells }) => ({ ...row, outcomes: cells })),
  ];
  const path = `${fromLog}.outcomes.jsonl`;
  writeFileAtomically(path, lines.map((row) => `${JSON.stringify(row)}\n`).join(''));
  context.onNotice?.(
    `${path}: ${rated.length} rated answers of ${rows.size}${before.length > 0 ? `, after ${before.length} rows of ${dataFile}` : ''}.`,
  );
  return { ...config, train: { ...config.train, dataFile: path } };
}
