// Outcomes on disk → a table with splits, leak-checked, and the text groups.
import { createHash } from 'node:crypto';
import type { VsrConfig } from '../../config/schema.js';
import { type CatalogueModel, readCatalogue } from '../../data/catalogue.js';
import type { CellAudit } from '../../data/cell-audit.js';
import { contentText } from '../../data/content-text.js';
import { readLabels, setLabels } from '../../data/labels.js';
import { groupIds } from '../../data/normalise-text.js';
import { openForReading } from '../../data/open-file.js';
import { OutcomeColumns } from '../../data/outcome-columns.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { readTurns } from '../../data/people/read-turns.js';
import { scaledTurns } from '../../data/people/scale-ratings.js';
import type { Query, Split } from '../../data/query.js';
import { type RecordedOutcomes, readOutcomeColumns } from '../../data/read-outcomes.js';
import { sampleQueries } from '../../data/sample.js';
import { assignUnitSplits, type SplitBy, unitOf } from '../../data/split-units.js';
import { assignSplits } from '../../data/splits.js';
import { VsrError } from '../../errors/vsr-error.js';
import { categoryList } from '../../features/category-list.js';
import type { PipelineContext } from '../context.js';
import { type OutcomesMeta, readOutcomesMeta } from '../outcomes-meta.js';
import { voteOutcomes } from '../people/vote-outcomes.js';
import {
  catalogueSource,
  EXAMPLE_NOTICE,
  FROM_EXAMPLE_NOTICE,
  outcomeSource,
  requireOutcomes,
  VOTES_EXAMPLE_NOTICE,
  VOTES_NOTICE,
} from '../sources.js';
import { checkLeaks, type LeakCheck, type LeakMode } from './leak-check.js';
import { repriced } from './reprice.js';

/** A catalogue entry of which at least the prices are looked for (dollars per million tokens; null = unknown). */
export type PricedModel = Pick<CatalogueModel, 'inputPrice' | 'outputPrice'> & Partial<CatalogueModel>;

export interface OutcomeData {
  readonly path: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
  /** true: these are the bundled example's outcomes. */
  readonly example: boolean;
  readonly table: OutcomeTable;
  /** Models of the file with a scored outcome; the table may have other columns. */
  readonly found: readonly string[];
  readonly splits: readonly Split[];
  /** Of every query of the file, in its order, also of those that are left out. */
  readonly ids: readonly string[];
  /** [N] equal number = drawn together in a bootstrap: same normalised text, or the same user or session where these are split. */
  readonly groups: Int32Array;
  readonly by: SplitBy;
  /** [N] what is split and folded together, as text: the query itself, or its task, user or session. */
  readonly units: readonly string[];
  /** Rows whose text stands, or nearly stands, in an earlier split too. */
  readonly leaks: LeakCheck;
  readonly audit: CellAudit;
  readonly catalogue: ReadonlyMap<string, PricedModel>;
}

export interface SplitOptions {
  readonly ratios: readonly [number, number, number];
  readonly seed: number;
  /** What is held out together; default every query by its text. */
  readonly by?: SplitBy | undefined;
  readonly leakCheck: LeakMode;
  /** Only a seeded sample of so many queries; 0 = all. */
  readonly queryLimit: number;
  /** Columns of the table, where an artifact fixes them; default: every model with a scored outcome. */
  readonly models?: readonly string[];
  /** A catalogue whose prices, times tokens, replace the costs of the file. */
  readonly prices?: string | undefined;
}

/** Throws `VSR_DATA`, `VSR_FILE` or, for a text that stands in two splits, `VSR_LEAK`. */
export async function loadOutcomeData(
  config: VsrConfig,
  dataFile: string | undefined,
  split: SplitOptions,
  context: PipelineContext,
): Promise<OutcomeData> {
  const source = outcomeSource(config, dataFile);
  requireOutcomes(source);
  const { columns, sha256 } = source.votes
    ? await votesAsColumns(source.path, config.data.ratingScale)
    : await readOutcomeColumns(source.path, { scale: config.scoring.scale, ...ownCategories(config) });
  const labelled = await labelledModels(config, columns, context);
  const rows = sampledRows(columns.queries, split);
  const meta = readOutcomesMeta(source.path);
  const example = source.example || meta?.example === true;
  if (source.votes) context.onNotice?.(source.example ? VOTES_EXAMPLE_NOTICE : VOTES_NOTICE);
  else if (example) context.onNotice?.(source.example ? EXAMPLE_NOTICE : FROM_EXAMPLE_NOTICE);
  const listed = await loadCatalogue(config, example && !source.votes, meta);
  const present = columns.scored(rows);
  for (const model of new Set([...columns.models, ...labelled])) {
    if (present.includes(model)) continue;
    context.onWarning?.(`${source.path}: model ${model} has no scored outcome and is left out.`);
  }
  if (rows.length === 0 || present.length === 0) {
    throw new VsrError(
      'VSR_DATA',
      `${source.path}: expected queries with scored outcomes, found ${rows.length} queries and ${present.length} models with a score.`,
      {
        hint: 'Run vsr benchmark first.',
      },
    );
  }
  const all = Array.from(rows, (row) => columns.queries[row]!);
  const { by = 'query' } = split;
  const textGroups = groupIds(all.map(contentText));
  const splits = by === 'query' ? assignSplits(all, split, textGroups) : assignUnitSplits(all, by, split);
  const { kept, ...leaks } = checkLeaks(all, splits, textGroups, split.leakCheck, source.path, context);
  const keptRows = Int32Array.from(kept, (i) => rows[i]!);
  const audit = columns.audit(keptRows);
  const ids = columns.queries.map(({ id }) => id);
  const recorded = columns.take(keptRows, split.models ?? present);
  const { table, catalogue } = split.prices
    ? await repriced(recorded, listed, split.prices, context)
    : { table: recorded, catalogue: listed };
  const texts = table.queries.map(contentText);
  const units = by === 'query' ? texts : table.queries.map((query) => unitOf(query, by));
  // Whoever asked twice says the same thing twice; two queries of one task do not.
  const byText = by === 'query' || by === 'task';
  return {
    path: source.path,
    sha256,
    example,
    table,
    found: present,
    splits: kept.map((i) => splits[i]!),
    ids,
    groups: byText ? Int32Array.from(kept, (i) => textGroups[i]!) : groupIds(units),
    by,
    units,
    leaks,
    audit,
    catalogue,
  };
}

async function votesAsColumns(
  path: string,
  scale: VsrConfig['data']['ratingScale'],
): Promise<Pick<RecordedOutcomes, 'columns' | 'sha256'>> {
  const { rows, models } = voteOutcomes(scaledTurns(await readTurns(path), scale).turns);
  const columns = new OutcomeColumns(models, () => rows.length);
  for (const row of rows) columns.add(row);
  const hash = createHash('sha256');
  for await (const chunk of await openForReading(path)) hash.update(chunk);
  return { columns, sha256: hash.digest('hex') };
}

/** Sets the labels of `data.labels`, and gives the models that these name. */
async function labelledModels(
  { data: { labels: path, disagreement } }: VsrConfig,
  columns: OutcomeColumns,
  context: PipelineContext,
): Promise<string[]> {
  if (path === undefined) return [];
  const labels = await readLabels(path);
  const { byPeople, byJudges } = setLabels(columns, labels, disagreement === 'missing');
  context.onNotice?.(`${path}: ${byPeople} answers are labelled by people, ${byJudges} by a judge alone.`);
  return labels.map(({ model }) => model);
}

/** Ascending. */
function sampledRows(queries: readonly Query[], { queryLimit, seed }: SplitOptions): Int32Array {
  const rows = Int32Array.from(queries.keys());
  if (queryLimit <= 0 || queryLimit >= queries.length) return rows;
  const taken = new Set(sampleQueries(queries, queryLimit, seed));
  return rows.filter((row) => taken.has(queries[row]!));
}

/** A list of one's own, or semantic-router's, is what rows are read against; vsr's is the default of every reader. */
function ownCategories({ features: { category } }: VsrConfig): { readonly categories?: readonly string[] } {
  return category.labels === 'vsr' ? {} : { categories: categoryList(category.labels) };
}

/** The catalogue file, then the prices the benchmark was run with, then those of the config: the later wins. */
export async function loadCatalogue(
  config: VsrConfig,
  example: boolean,
  meta: OutcomesMeta | undefined,
): Promise<Map<string, PricedModel>> {
  const path = catalogueSource(config, example);
  const catalogue = new Map<string, PricedModel>(path ? await readCatalogue(path) : []);
  for (const [alias, { modalities, contextWindowSize }] of Object.entries(config.modelConfig)) {
    if (modalities === undefined && contextWindowSize === undefined) continue;
    const known = catalogue.get(alias) ?? { inputPrice: null, outputPrice: null };
    const contextWindow = contextWindowSize ?? known.contextWindow ?? null;
    catalogue.set(alias, { ...known, ...(modalities && { modalities }), contextWindow });
  }
  const configured = Object.entries(config.modelConfig).flatMap(([alias, { pricing }]) =>
    pricing ? [[alias, { inputPrice: pricing.promptPer_1m, outputPrice: pricing.completionPer_1m }] as const] : [],
  );
  for (const [alias, prices] of [...Object.entries(meta?.prices ?? {}), ...configured]) {
    catalogue.set(alias, { ...catalogue.get(alias), ...prices });
  }
  return catalogue;
}
