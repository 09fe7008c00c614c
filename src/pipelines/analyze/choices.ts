// What each trained router would have chosen, on rows it never learned from.
import type { ModelStats } from '../../artifacts/manifest.js';
import type { Calibrator } from '../../math/calibrator.js';
import { rowOf } from '../../math/matrix.js';
import type { Objective } from '../../math/utility.js';
import type { Scale } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import { policyFrom } from '../learning/learned-policy.js';
import type { OutcomeData } from '../learning/outcome-data.js';
import { tableImages } from '../learning/table-images.js';
import { scoreRows } from '../people/objective-asker.js';
import { choose } from '../train/fit-routers.js';
import { decisionBasis } from '../trained/decision-basis.js';
import { featureRows } from '../trained/feature-rows.js';
import type { StoredFolds } from '../trained/fold-files.js';
import { openRouter, type Trained } from '../trained/trained-router.js';
import { calibratedScores, crossCalibrated } from './calibrated-scores.js';
import { expectedScores, mergedScores, type RouterScores } from './expected-scores.js';

export interface RouterChoices {
  readonly name: string;
  /** true: the router that validation picked, on which the verdict rests. */
  readonly judged: boolean;
  /** [rows] column of the model chosen for each row. */
  readonly choices: Int32Array;
  /** undefined: the router scores utilities, not qualities. */
  readonly scores: RouterScores | undefined;
}

/** Each router of the artifact on rows that training left alone. */
export async function heldOutChoices(
  trained: Trained,
  data: OutcomeData,
  rows: Int32Array,
  { objective, stats }: { readonly objective: Objective; readonly stats: readonly ModelStats[] },
  cacheDirectory: string,
  context: PipelineContext,
): Promise<RouterChoices[]> {
  const { manifest } = trained.artifact;
  const features = await featureRows(trained, data.table, [rows], cacheDirectory, context);
  const names = Object.keys(manifest.routers);
  const images = await tableImages(cacheDirectory, data, trained.encoder, [rows], names, {
    ...context,
    onNotice: () => {}, // training said who looks at images
  });
  const policy = {
    models: manifest.models,
    stats,
    objective,
    fallback: manifest.bestSingle,
  };
  return Promise.all(
    names.map(async (name) => {
      const router = await openRouter(trained, name);
      const scores = await scoreRows(router, { table: data.table, features, images }, rows, objective);
      const basis = decisionBasis(trained.artifact, name);
      const own = { ...policy, abilities: basis.abilities, scale: router.scale };
      const choices = rows.map((row, i) => choose(data.table, row, rowOf(scores, i), own));
      const expected = expectedScores(
        data.table,
        rows,
        (i) => rowOf(scores, i),
        () => own,
      );
      const { calibration } = manifest.routers[name]!;
      const known =
        expected && calibration
          ? { ...expected, calibrated: calibratedScores(expected.expected, manifest.models, calibration) }
          : expected;
      return { name, judged: name === manifest.bestRouter, choices, scores: known };
    }),
  );
}

export interface FoldedRows {
  /** Rows of the table that still stand in the stored folds. */
  readonly rows: Int32Array;
  /** [rows] */
  readonly fold: Int32Array;
  readonly routers: readonly RouterChoices[];
}

/**
 * Each router's out-of-fold choices, and, where there are several, those of the router that validation picked inside
 * each fold. Expected costs and the fallback come from the other folds, as the scores do.
 */
export function foldedChoices(
  folds: StoredFolds,
  scales: Readonly<Record<string, Scale>>,
  data: OutcomeData,
  keep: (row: number) => boolean,
  objective: Objective,
  methods: Readonly<Record<string, Calibrator['method'] | undefined>> = {},
): FoldedRows {
  const rowOfId = new Map(data.table.queries.map((query, row) => [query.id, row]));
  const stored = [...folds.ids.keys()].filter((i) => {
    const row = rowOfId.get(folds.ids[i]!);
    return row !== undefined && keep(row);
  });
  const rows = Int32Array.from(stored, (i) => rowOfId.get(folds.ids[i]!)!);
  const fold = Int32Array.from(stored, (i) => folds.fold[i]!);
  const policies = folds.selected.map((_, f) =>
    policyFrom(
      data.table,
      rows.filter((_, i) => fold[i] !== f),
      { objective, catalogue: data.catalogue },
    ),
  );
  const names = Object.keys(folds.scores);
  const routers = names.map((name) => {
    const scoresOf = (i: number) => rowOf(folds.scores[name]!, stored[i]!);
    const policyOf = (i: number) => ({ ...policies[fold[i]!]!, scale: scales[name]! });
    const scores = expectedScores(data.table, rows, scoresOf, policyOf);
    const method = methods[name];
    return {
      name,
      judged: names.length === 1,
      choices: rows.map((row, i) => choose(data.table, row, scoresOf(i), policyOf(i))),
      scores:
        scores && method
          ? { ...scores, calibrated: crossCalibrated(scores.expected, data.table, rows, fold, method) }
          : scores,
    };
  });
  if (names.length === 1) return { rows, fold, routers };
  const byName = new Map(routers.map((router) => [router.name, router]));
  const routerOf = (i: number) => byName.get(folds.selected[fold[i]!]!)!;
  const picked = {
    name: 'chosen per fold',
    judged: true,
    choices: rows.map((_, i) => routerOf(i).choices[i]!),
    scores: mergedScores(rows.length, data.table.models.length, (i) => routerOf(i).scores),
  };
  return { rows, fold, routers: [picked, ...routers] };
}
