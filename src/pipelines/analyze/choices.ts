// What each trained router would have chosen, on rows it never learned from.
import type { ModelStats, RouterEntry, TunedThresholds } from '../../artifacts/manifest.js';
import type { Calibrator } from '../../math/calibrator.js';
import { type Matrix, rowOf, takeRows } from '../../math/matrix.js';
import type { Objective } from '../../math/utility.js';
import type { DecisionPolicy } from '../../routers/decide.js';
import type { Scale } from '../../routers/router.js';
import type { ThresholdRows } from '../../routers/tune-thresholds.js';
import type { PipelineContext } from '../context.js';
import { calibratedScores, calibratorsOf, crossCalibrated } from '../learning/calibrated-scores.js';
import { policyFrom } from '../learning/learned-policy.js';
import type { OutcomeData } from '../learning/outcome-data.js';
import { tableImages } from '../learning/table-images.js';
import { thresholdCurve, thresholdRows, tunedThresholds, type UnseenScores } from '../learning/tuned-thresholds.js';
import { scoreRows } from '../people/objective-asker.js';
import { choose } from '../train/fit-routers.js';
import { decidingPolicy, decisionBasis } from '../trained/decision-basis.js';
import { featureRows } from '../trained/feature-rows.js';
import type { StoredFolds } from '../trained/fold-files.js';
import { openRouter, type Trained } from '../trained/trained-router.js';
import { expectedScores, mergedScores, type RouterScores } from './expected-scores.js';
import type { Judged } from './judged.js';

export interface RouterChoices {
  readonly name: string;
  /** true: the router that validation picked, on which the verdict rests. */
  readonly judged: boolean;
  /** [rows] column of the model chosen for each row. */
  readonly choices: Int32Array;
  /** undefined: the router scores utilities, not qualities. */
  readonly scores: RouterScores | undefined;
  /** How a score becomes a choice; absent out of fold, where every fold has its own. */
  readonly policy?: DecisionPolicy;
}

/** Each router of the artifact on rows that training left alone. */
export async function heldOutChoices(
  trained: Trained,
  data: OutcomeData,
  rows: Int32Array,
  { objective, stats, byWeights }: Pick<Judged, 'objective' | 'byWeights'> & { readonly stats: readonly ModelStats[] },
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
      const entry = manifest.routers[name]!;
      const { thresholds, calibration, ...plain } = entry;
      const able = { ...policy, abilities: basis.abilities };
      const own = decidingPolicy(able, byWeights ? plain : entry);
      const choices = rows.map((row, i) => choose(data.table, row, rowOf(scores, i), own));
      const expected = expectedScores(
        data.table,
        rows,
        (i) => rowOf(scores, i),
        () => own,
      );
      const calibrated = expected && calibration && calibratedScores(expected.expected, manifest.models, calibration);
      const unseen = { table: data.table, rows, scores, scale: router.scale, chance: calibrated };
      const known = expected && {
        ...expected,
        ...(calibrated && { calibrated }),
        ...(thresholds && { byThreshold: curveOf(thresholdRows(unseen, able, undefined), thresholds) }),
      };
      return { name, judged: name === manifest.bestRouter, choices, scores: known, policy: own };
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

export interface FoldedOptions {
  /** How the routers of the artifact are calibrated, and what their thresholds were tuned for. */
  readonly entries?: Readonly<Record<string, Pick<RouterEntry, 'calibration' | 'thresholds'>>>;
  /** Weights were asked for: they decide, not thresholds. */
  readonly byWeights?: boolean;
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
  { entries = {}, byWeights = false }: FoldedOptions = {},
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
    const scale = scales[name]!;
    const scoresOf = (i: number) => rowOf(folds.scores[name]!, stored[i]!);
    const { calibration, thresholds } = entries[name] ?? {};
    const method = calibration?.method;
    const scores = expectedScores(data.table, rows, scoresOf, (i) => ({ ...policies[fold[i]!]!, scale }));
    const known = {
      table: data.table,
      rows,
      fold,
      scores: takeRows(folds.scores[name]!, stored),
      scale,
      chance: scores && method && crossCalibrated(scores.expected, data.table, rows, fold, method),
    };
    const own = policies.map((policy, f) =>
      thresholds && !byWeights && scores
        ? thresholdPolicy(policy, f, { ...known, expected: scores.expected, method, thresholds })
        : { ...policy, scale },
    );
    const [any] = policies;
    return {
      name,
      judged: names.length === 1,
      choices: rows.map((row, i) => choose(data.table, row, scoresOf(i), own[fold[i]!]!)),
      scores: scores && {
        ...scores,
        ...(known.chance && { calibrated: known.chance }),
        ...(thresholds && any && { byThreshold: curveOf(thresholdRows(known, any, undefined), thresholds) }),
      },
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

/** The thresholds and calibrators of fold `f`, tuned and fitted on the others. */
function thresholdPolicy(
  policy: Omit<DecisionPolicy, 'scale'>,
  f: number,
  known: Required<Pick<UnseenScores, 'fold'>> &
    Omit<UnseenScores, 'chance'> & {
      readonly expected: Matrix;
      readonly method: Calibrator['method'] | undefined;
      readonly thresholds: TunedThresholds;
    },
): DecisionPolicy {
  const { table, rows, fold, scores, scale, expected, method, thresholds } = known;
  const outside = Array.from(rows.keys()).filter((i) => fold[i] !== f);
  const others = {
    table,
    rows: Int32Array.from(outside, (i) => rows[i]!),
    fold: Int32Array.from(outside, (i) => fold[i]!),
    scores: takeRows(scores, outside),
    scale,
  };
  const tuned = tunedThresholds(thresholds, others, policy, method);
  const fitted = method ? calibratorsOf(expected, table, rows, (i) => fold[i] !== f, method) : [];
  const models = Object.fromEntries(fitted.flatMap((one, m) => (one ? [[table.models[m]!, one] as const] : [])));
  return decidingPolicy(policy, {
    scale,
    ...(tuned && { thresholds: tuned }),
    ...(method && { calibration: { method, queries: others.rows.length, models } }),
  });
}

function curveOf(rows: ThresholdRows, { mode }: TunedThresholds): NonNullable<RouterScores['byThreshold']> {
  return thresholdCurve(rows, mode).map(({ rho, choices }) => ({
    threshold: Number.isFinite(rho) ? rho : null,
    choices,
  }));
}
