// Several artifact directories on the queries that none of them learned from.
import type { VsrConfig } from '../../config/schema.js';
import { VsrError } from '../../errors/vsr-error.js';
import { type SideBySide, type SideInput, sideBySide } from '../../evaluation/side-by-side.js';
import type { PipelineContext } from '../context.js';
import { loadOutcomeData } from '../learning/outcome-data.js';
import { type Judged, openJudged } from './judged.js';
import { type JudgedChoices, judgedChoices } from './judged-choices.js';
import { partOf } from './part.js';

/**
 * Each artifact decides under its own objective; all are valued under the first one's.
 * Throws what opening the artifacts and reading the outcomes throw, `VSR_DATA` where no query was held out by all.
 */
export async function compareArtifacts(
  config: VsrConfig,
  directories: readonly string[],
  context: PipelineContext,
): Promise<SideBySide> {
  const judged: Side[] = [];
  for (const directory of directories) {
    const one = await openJudged(config, context, directory);
    judged.push({ directory, ...one, ...(await judgedChoices(config, one, context)) });
  }
  const [first, ...others] = judged as [Side, ...Side[]];
  const models = [...new Set(judged.flatMap(({ data }) => data.table.models))];
  const { by, leaks, path } = first.data;
  const { table, groups } = await loadOutcomeData(
    config,
    config.analyze.dataFile,
    { ratios: [1, 0, 0], seed: config.seed, leakCheck: 'warn', queryLimit: 0, models, prices: config.analyze.prices },
    {},
  );
  const excluded = new Set(config.analyze.excludeTasks);
  const rows = Int32Array.from(table.queries.keys()).filter((row) => {
    const { id, taskName, category } = table.queries[row]!;
    return judged.every(({ models: chosen }) => chosen.has(id)) && !excluded.has(taskName ?? category ?? '');
  });
  if (rows.length === 0) {
    throw new VsrError('VSR_DATA', `${path}: no query was held out by ${directories.join(' and ')} alike.`, {
      hint: 'Train both on the same file with the same --seed and --split, or with --folds 5.',
    });
  }
  const { minGain, bootstrap, confidence } = config.analyze;
  return sideBySide({
    table: partOf(table, rows),
    groups: by === 'query' || by === 'task' ? rows.map((row) => groups[row]!) : unitGroups(first.data, rows, table),
    objective: first.objective,
    sides: judged.map(
      ({ directory, router, judgedOn, models: chosen }): SideInput => ({
        name: directory,
        router,
        judgedOn,
        choices: rows.map((row) => models.indexOf(chosen.get(table.queries[row]!.id)!)),
      }),
    ) as [SideInput, ...SideInput[]],
    warnings: [
      ...others.flatMap(({ directory, data }) => modelDifference(first, { directory, data })),
      ...(leaks.count > 0 && !leaks.excluded
        ? [`${leaks.count} judged queries may also stand in the training rows.`]
        : []),
    ],
    options: { minGain, bootstrap, confidence, seed: config.seed },
  });
}

type Side = Judged & JudgedChoices & { readonly directory: string };

interface Known {
  readonly directory: string;
  readonly data: { readonly table: { readonly models: readonly string[] } };
}

function modelDifference(first: Known, other: Known): string[] {
  const [old, now] = [first.data.table.models, other.data.table.models];
  const gone = old.filter((model) => !now.includes(model));
  const added = now.filter((model) => !old.includes(model));
  if (gone.length + added.length === 0) return [];
  return [
    `${other.directory} was trained on other models than ${first.directory}: ${[
      ...(added.length > 0 ? [`it adds ${added.join(', ')}`] : []),
      ...(gone.length > 0 ? [`it lacks ${gone.join(', ')}`] : []),
    ].join('; ')}.`,
  ];
}

/** Users or sessions are drawn together, as the first artifact splits them. */
function unitGroups(
  data: { readonly table: { readonly queries: readonly { readonly id: string }[] }; readonly groups: Int32Array },
  rows: Int32Array,
  table: { readonly queries: readonly { readonly id: string }[] },
): Int32Array {
  const groupOf = new Map(data.table.queries.map(({ id }, row) => [id, data.groups[row]!]));
  return rows.map((row) => groupOf.get(table.queries[row]!.id)!);
}
