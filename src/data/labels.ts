// Opinions on answers, a line each, by a judge or by people: {"id":"9f…","model":"a","label":1,"source":"judge:NAME","orders":[1,1],"promptHash":"…"}
import { mean } from '../math/stats.js';
import { objectAt, optionalText, optionalTexts, wrong } from './field.js';
import { readJsonLines } from './jsonl.js';
import type { OutcomeColumns } from './outcome-columns.js';

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
  /** Cells whose quality people said, and those that only a judge scored. */
  readonly byPeople: number;
  readonly byJudges: number;
}

/**
 * Sets the quality of the labelled cells: the mean of what people said, else what the scorer found, else the mean of the judges.
 * @param dropDisagreement labels whose orders are far apart count for nothing
 * Throws `VSR_DATA` for a label about a query that is not among the outcomes.
 */
export function setLabels(columns: OutcomeColumns, labels: readonly Label[], dropDisagreement = false): Labelled {
  const rowOf = new Map(columns.queries.map(({ id }, row) => [id, row]));
  const opinions = new Map<string, { row: number; model: string; people: number[]; judges: number[] }>();
  for (const { id, model, label, source, flags, where } of labels) {
    const row = rowOf.get(id);
    if (row === undefined) throw wrong(`${where}: id`, 'the id of a query of the outcomes', id);
    if (dropDisagreement && flags.includes(DISAGREEMENT)) continue;
    const key = nameOf(id, model);
    const both = opinions.get(key) ?? { row, model, people: [], judges: [] };
    opinions.set(key, both);
    (source.startsWith('judge:') ? both.judges : both.people).push(label);
  }
  let [byPeople, byJudges] = [0, 0];
  for (const { row, model, people, judges } of opinions.values()) {
    if (people.length > 0) byPeople++;
    else if (Number.isNaN(columns.quality(row, model))) byJudges++;
    else continue;
    columns.setQuality(row, model, mean(people.length > 0 ? people : judges));
  }
  return { byPeople, byJudges };
}

function nameOf(id: string, model: string): string {
  return JSON.stringify([id, model]);
}

function missing(where: string, value: unknown): never {
  throw wrong(where, 'a text', value);
}
