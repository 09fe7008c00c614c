// Opinions on answers, a line each, by a judge or by people: {"id":"9f…","model":"a","label":1,"source":"judge:NAME","orders":[1,1],"promptHash":"…"}
import { mean } from '../math/stats.js';
import { objectAt, optionalText, optionalTexts, wrong } from './field.js';
import { readJsonLines } from './jsonl.js';
import type { OutcomeCell, OutcomeRow } from './outcome.js';

export interface Label {
  /** Of the query. */
  readonly id: string;
  readonly model: string;
  /** [0, 1] */
  readonly label: number;
  /** judge:NAME, or human:WHO. */
  readonly source: string;
  readonly flags: readonly string[];
  /** File and line, for errors. */
  readonly where: string;
}

/** The flag of a label whose two orders are far apart. */
export const DISAGREEMENT = 'judge_disagreement';

/** Throws `VSR_FILE`, and `VSR_DATA` with the line for a label outside 0 to 1 or a key that is missing. */
export async function readLabels(path: string): Promise<Label[]> {
  const labels: Label[] = [];
  for await (const { line, value } of readJsonLines({ source: path })) {
    const where = `${path}:${line}`;
    const fields = objectAt(value, `${where}: a row`);
    const text = (key: string) => optionalText(fields, key, where) ?? missing(`${where}: ${key}`, fields[key]);
    const { label } = fields;
    if (typeof label !== 'number' || !(label >= 0 && label <= 1))
      throw wrong(`${where}: label`, 'a number in [0, 1]', label);
    labels.push({
      id: text('id'),
      model: text('model'),
      label,
      source: optionalText(fields, 'source', where) ?? 'human',
      flags: optionalTexts(fields, 'flags', where),
      where,
    });
  }
  return labels;
}

export interface Labelled {
  readonly rows: readonly OutcomeRow[];
  /** Cells whose quality people said, and those that only a judge scored. */
  readonly byPeople: number;
  readonly byJudges: number;
}

/**
 * The quality of a cell is the mean of what people said, else what the scorer found, else the mean of the judges.
 * @param dropDisagreement labels whose orders are far apart count for nothing
 * Throws `VSR_DATA` for a label about a query that is not among the rows.
 */
export function withLabels(rows: readonly OutcomeRow[], labels: readonly Label[], dropDisagreement = false): Labelled {
  const known = new Set(rows.map(({ query }) => query.id));
  const opinions = new Map<string, { people: number[]; judges: number[] }>();
  for (const { id, model, label, source, flags, where } of labels) {
    if (!known.has(id)) throw wrong(`${where}: id`, 'the id of a query of the outcomes', id);
    if (dropDisagreement && flags.includes(DISAGREEMENT)) continue;
    const key = nameOf(id, model);
    const both = opinions.get(key) ?? { people: [], judges: [] };
    opinions.set(key, both);
    (source.startsWith('judge:') ? both.judges : both.people).push(label);
  }
  const models = [...new Set(labels.map(({ model }) => model))];
  let [byPeople, byJudges] = [0, 0];
  const labelled = rows.map((row) => {
    const cells: Record<string, OutcomeCell> = { ...row.outcomes };
    for (const model of models) {
      const { people = [], judges = [] } = opinions.get(nameOf(row.query.id, model)) ?? {};
      const cell = cells[model];
      if (people.length > 0) byPeople++;
      else if (judges.length > 0 && cell?.quality == null) byJudges++;
      else continue;
      const { error: _failure, ...rest } = cell ?? {};
      cells[model] = { ...rest, quality: mean(people.length > 0 ? people : judges), status: 'ok' };
    }
    return { ...row, outcomes: cells };
  });
  return { rows: labelled, byPeople, byJudges };
}

function nameOf(id: string, model: string): string {
  return JSON.stringify([id, model]);
}

function missing(where: string, value: unknown): never {
  throw wrong(where, 'a text', value);
}
