// Learns from pairs: the ranking of all models first, then the towers that depart from it where queries tell more.
import { openEvaluator } from '../../inference/registry.js';
import { auroc } from '../../math/auroc.js';
import { bradleyTerry, comparisonLogLoss, winMatrix } from '../../math/bradley-terry.js';
import { normaliseRows, takeRows } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { fitByGradient } from '../fit-by-gradient.js';
import { tellingRows } from '../indifferent.js';
import { innerSplit } from '../inner-validation.js';
import type { FitContext, Json, RouterState, TrainingTable } from '../router.js';
import { catalogueColumns, catalogueValues } from './catalogue-profile.js';
import { advantages, FOLDS, foldedProfiles, standardised } from './cluster-profile.js';
import { rankGraph } from './graph.js';
import { initialTowers } from './initial.js';
import type { RankrouterParams } from './params.js';
import { type Preferences, pairsOf, preferencesOf, SMALLEST_DIFFERENCE } from './preferences.js';
import { type RankData, rankProblem } from './problem.js';
import { clusterShares, nearestCentres, queryCentres } from './query-clusters.js';
import { looksUp, type TowerShape, usesClusters } from './shape.js';
import { constantState, type RankState, toState, trainedWeights } from './state.js';

/** λ of the ranking that everything starts from. */
const PRECISION = 1;
/** On some thousand queries ten epochs are enough; few queries need more of them for as many steps. */
const EPOCHS = 10;
const STEPS = 300;
const MOST_PATIENCE = 4;

/** Throws `VSR_TRAINING_DATA`, `VSR_ENGINE` or `VSR_ABORTED`. */
export async function fitRankrouter(
  table: TrainingTable,
  params: RankrouterParams,
  context: FitContext,
): Promise<RouterState> {
  const preferences = preferencesOf(table);
  const { source, features, groups, start } = preferences;
  const M = table.models.length;
  const telling = Int32Array.from({ length: features.rows }, (_, q) => q).filter((q) => start[q + 1]! > start[q]!);
  const columns = catalogueColumns(table.models, table.profiles, params.capability);
  if (M === 1 || !Array.from(preferences.outcome).some((t) => t !== 0.5)) {
    if (M > 1) context.onWarning?.('no pair says which of two models is the better one: all models score the same.');
    return constantState({ source, strengths: { shape: [M], data: new Float32Array(M) } });
  }
  warnOfUnheard(table.models, preferences, context);
  warnOfOutcomes(table, preferences, context);
  const split = innerSplit(groups, context.seed, telling);
  const strengths = bradleyTerry(winMatrix(pairsOf(preferences, split.rows), M), PRECISION);

  const topics = await clusterQueries(preferences, split.rows, params, context);
  const known = knownModels(table, preferences, split.rows, topics, columns, params, context.seed);
  const shape: TowerShape = {
    ...params,
    featureDim: features.cols,
    models: M,
    clusters: topics.centres?.rows ?? 0,
    profile: (known.profiles[0]?.length ?? 0) / M,
  };
  const data: RankData = { preferences, shares: topics.shares, models: M, ...known };
  const parameters = initialTowers(shape, strengths, context.seed);
  const length = fitLength(split.rows.length, params);
  const fitted = await fitByGradient(table, { ...params, ...length }, context, rankProblem(data, params, parameters), {
    split,
    settings: { weightDecay: params.weightDecay, startCounts: true },
  });
  if (fitted.bestEpoch === 0) {
    context.onWarning?.('queries told no more than the ranking of the models: every query gets that ranking.');
  }
  const state: RankState = {
    source,
    shape,
    weights: trainedWeights(fitted.parameters),
    centres: topics.centres,
    profile: shape.profile > 0 ? { shape: [shape.profile, M], data: known.profiles.at(-1)! } : undefined,
    advantage: looksUp(params) ? { shape: [shape.clusters, M], data: known.advantages.at(-1)! } : undefined,
    scales: known.scales,
    columns,
    trust: { shape: [M], data: new Float32Array(M).fill(1) },
    learned: M,
    validation: null,
  };
  return toState({ ...state, validation: await validation(state, preferences, split.validationRows, strengths) });
}

/** Where `auto` makes more epochs of fewer steps, patience grows with them, at most fourfold: so many judgements are enough. */
function fitLength(rows: number, { epochs, patience, batchSize }: RankrouterParams) {
  if (epochs !== 'auto') return { epochs, patience };
  const enough = Math.max(EPOCHS, Math.ceil(STEPS / Math.ceil(rows / batchSize)));
  return { epochs: enough, patience: Math.round(patience * Math.min(MOST_PATIENCE, enough / EPOCHS)) };
}

/** Centres from the rows that are learned from; labels and shares of all queries. */
async function clusterQueries(
  { features, groups }: Preferences,
  rows: Int32Array,
  params: RankrouterParams,
  context: FitContext,
) {
  if (!usesClusters(params)) return { centres: undefined, labels: undefined, shares: undefined };
  const unit = normaliseRows(features);
  const centres = await queryCentres(unit, groups, rows, params.numClusters, context);
  return {
    centres,
    labels: nearestCentres(unit, centres),
    shares: params.clusterFeature === 'none' ? undefined : clusterShares(unit, centres, params.clusterFeature),
  };
}

/** What models are known by; with clusters once for each fold of queries, last for all that are learned from. */
function knownModels(
  { models, profiles: catalogue }: TrainingTable,
  { cells, groups }: Preferences,
  rows: Int32Array,
  { centres, labels }: Awaited<ReturnType<typeof clusterQueries>>,
  columns: ReturnType<typeof catalogueColumns>,
  params: RankrouterParams,
  seed: number,
) {
  if (params.capability === 'none') return { profiles: [], advantages: [], profileOf: undefined, scales: [] };
  const M = models.length;
  const values = models.map((model, m) => catalogueValues(model, catalogue?.[m], columns));
  const ofCatalogue = columns.flatMap((_, p) => values.map((own) => own[p]!)); // [columns × M]
  if (params.capability === 'benchmarks' || !labels || !centres) {
    return { profiles: [Float32Array.from(ofCatalogue)], advantages: [], profileOf: undefined, scales: [] };
  }
  const fold = foldsOf(groups, rows, seed);
  const folded = foldedProfiles(cells, labels, fold, centres.rows, M);
  const scaled = folded.map(standardised);
  return {
    profiles: scaled.map((one) => Float32Array.from([...one.columns, ...ofCatalogue])),
    advantages: looksUp(params) ? folded.map(advantages) : [],
    profileOf: fold.map((f) => (f < 0 ? FOLDS : f)),
    scales: scaled.at(-1)!.scales,
  };
}

/** [Q] fold of each query that is learned from, equal texts in one; −1 of the others. */
function foldsOf(groups: Int32Array, rows: Int32Array, seed: number): Int32Array {
  const distinct = seededRandom(seed)
    .fork('profile folds')
    .shuffle(new Set(Array.from(rows, (row) => groups[row]!)));
  const foldOf = new Map(distinct.map((group, i) => [group, i % FOLDS]));
  const fold = new Int32Array(groups.length).fill(-1);
  for (const row of rows) fold[row] = foldOf.get(groups[row]!)!;
  return fold;
}

/** Log-loss, which chose the epoch, and AUC, which cannot see calibration, of the ranking alone and of the towers. */
async function validation(
  state: RankState,
  preferences: Preferences,
  rows: Int32Array,
  strengths: Float64Array,
): Promise<Json> {
  if (rows.length === 0) return null;
  const pairs = pairsOf(preferences, rows);
  const M = strengths.length;
  const evaluator = await openEvaluator(rankGraph(state, state.shape.featureDim), 'plain');
  const { data } = takeRows(preferences.features, rows);
  const scores = await evaluator.run({ features: { shape: [rows.length, state.shape.featureDim], data } });
  const place = new Map(Array.from(rows, (row, i) => [row, i]));
  const figures = (score: (pair: number, model: number) => number) => {
    const difference = Array.from(pairs.query, (_, p) => score(p, pairs.first[p]!) - score(p, pairs.second[p]!));
    const decisive = difference.map((_, p) => p).filter((p) => pairs.outcome[p] !== 0.5);
    const auc = auroc(
      decisive.map((p) => difference[p]!),
      decisive.map((p) => pairs.outcome[p]!),
    );
    return { logLoss: comparisonLogLoss(difference, pairs), auc };
  };
  return {
    pairs: pairs.query.length,
    ranking: figures((_, m) => strengths[m]!),
    fitted: figures((p, m) => scores.data[place.get(pairs.query[p]!)! * M + m]!),
  };
}

/** With votes, models may be known by name only. */
function warnOfUnheard(models: readonly string[], { first, second }: Preferences, { onWarning }: FitContext): void {
  const heard = new Set([...Array.from(first), ...Array.from(second)]);
  const unheard = models.filter((_, m) => !heard.has(m));
  if (unheard.length === 0) return;
  onWarning?.(`no pair holds ${unheard.join(', ')}: scored as an average model.`);
}

/** A few ratings beside many outcomes may not be what was meant. */
function warnOfOutcomes(table: TrainingTable, { source, first }: Preferences, { onWarning }: FitContext): void {
  const aside = source === 'votes' ? tellingRows(table, SMALLEST_DIFFERENCE).length : 0;
  if (aside > 0)
    onWarning?.(
      `${first.length} pairs of votes or ratings are learned from, the outcomes of ${aside} queries are not.`,
    );
}
