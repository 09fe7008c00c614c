// Outcomes on disk → a table with splits, leak-checked, and the text groups.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { VsrConfig } from '../../config/schema.js';
import { type CatalogueModel, readCatalogue } from '../../data/catalogue.js';
import { auditCells, type CellAudit } from '../../data/cell-audit.js';
import { contentText } from '../../data/content-text.js';
import { readLabels, withLabels } from '../../data/labels.js';
import { groupIds } from '../../data/normalise-text.js';
import type { OutcomeRow } from '../../data/outcome.js';
import { type OutcomeTable, outcomeTable } from '../../data/outcome-table.js';
import { readTurns } from '../../data/people/read-turns.js';
import { scaledTurns } from '../../data/people/scale-ratings.js';
import type { Split } from '../../data/query.js';
import { readOutcomes } from '../../data/read-outcomes.js';
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
  const { rows: read, models: listedModels } = source.votes
    ? voteOutcomes(scaledTurns(await readTurns(source.path), config.data.ratingScale).turns)
    : await readOutcomes(source.path, { scale: config.scoring.scale, ...ownCategories(config) });
  const { rows: found, models } = await labelled(config, read, listedModels, context);
  const rows = sampleRows(found, split);
  const meta = readOutcomesMeta(source.path);
  const example = source.example || meta?.example === true;
  if (source.votes) context.onNotice?.(source.example ? VOTES_EXAMPLE_NOTICE : VOTES_NOTICE);
  else if (example) context.onNotice?.(source.example ? EXAMPLE_NOTICE : FROM_EXAMPLE_NOTICE);
  const listed = await loadCatalogue(config, example && !source.votes, meta);
  const present = models.filter((model) => rows.some((row) => row.outcomes[model]?.quality != null));
  for (const model of models.filter((name) => !present.includes(name))) {
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
  const columns = split.models ?? present;
  const all = rows.map((row) => row.query);
  const { by = 'query' } = split;
  const splits = by === 'query' ? assignSplits(all, split) : assignUnitSplits(all, by, split);
  const { kept, ...leaks } = checkLeaks(all, splits, split.leakCheck, source.path, context);
  const recorded = outcomeTable(
    kept.map((i) => rows[i]!),
    columns,
  );
  const { table, catalogue } = split.prices
    ? await repriced(recorded, listed, split.prices, context)
    : { table: recorded, catalogue: listed };
  const texts = table.queries.map(contentText);
  const units = by === 'query' ? texts : table.queries.map((query) => unitOf(query, by));
  return {
    path: source.path,
    sha256: createHash('sha256').update(readFileSync(source.path)).digest('hex'),
    example,
    table,
    found: present,
    splits: kept.map((i) => splits[i]!),
    ids: found.map(({ query }) => query.id),
    // Whoever asked twice says the same thing twice; two queries of one task do not.
    groups: groupIds(by === 'task' ? texts : units),
    by,
    units,
    leaks,
    audit: auditCells(kept.map((i) => rows[i]!)),
    catalogue,
  };
}

/** The rows with the labels of `data.labels`, and the models that these add. */
async function labelled(
  { data: { labels: path, disagreement } }: VsrConfig,
  rows: readonly OutcomeRow[],
  models: readonly string[],
  context: PipelineContext,
): Promise<{ rows: readonly OutcomeRow[]; models: readonly string[] }> {
  if (path === undefined) return { rows, models };
  const labels = await readLabels(path);
  const merged = withLabels(rows, labels, disagreement === 'missing');
  context.onNotice?.(
    `${path}: ${merged.byPeople} answers are labelled by people, ${merged.byJudges} by a judge alone.`,
  );
  return { rows: merged.rows, models: [...new Set([...models, ...labels.map(({ model }) => model)])] };
}

function sampleRows(rows: readonly OutcomeRow[], { queryLimit, seed }: SplitOptions): readonly OutcomeRow[] {
  const taken = new Set(
    sampleQueries(
      rows.map((row) => row.query),
      queryLimit,
      seed,
    ),
  );
  return rows.filter((row) => taken.has(row.query));
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
