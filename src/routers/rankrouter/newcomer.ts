// Adds a model to the fitted towers: its profile places it, its own answers move it from there, and its strength is solved for from
// its pairs, if it has any.
import { VsrError } from '../../errors/vsr-error.js';
import { squaredEuclidean } from '../../math/distance.js';
import { logisticRegression } from '../../math/logistic-regression.js';
import { matrix64, normaliseRows } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { type Newcomer, withColumn, withValue } from '../newcomer.js';
import { catalogueValues, isCatalogued } from './catalogue-profile.js';
import { advantages, ownProfile, scaled } from './cluster-profile.js';
import { foldedIn } from './fold-in.js';
import { plainScores } from './plain-towers.js';
import { type Preferences, SMALLEST_DIFFERENCE } from './preferences.js';
import { nearestCentres } from './query-clusters.js';
import type { ConstantState, FloatTensor, RankState } from './state.js';

/** Weight of the prior that puts a new model among the others. */
const PRECISION = 1;

/**
 * Its identity is the mean of those that were learned; the profile is what its outcomes say in each cluster, and the catalogue.
 * The tower is believed as far as the profile is like those it was trained on; what the cluster tells holds for every profile, and
 * its answers move its vector by what both leave out. The strength starts at the others' mean and is moved by pairs on the same queries. Throws `VSR_TRAINING_DATA` where nothing is known.
 */
export function withNewcomer(state: RankState, newcomer: Newcomer): RankState {
  const { shape, weights, columns } = state;
  refuseUnknown(state, newcomer);
  const byClusters = clusterColumns(state, newcomer);
  const profile = [...byClusters.profile, ...catalogueValues(newcomer.model, newcomer.profile, columns)];
  const identity = weights.identity!;
  const [di, M] = identity.shape as [number, number];
  const meanIdentity = Array.from({ length: di }, (_, i) => mean(identity.data.subarray(i * M, (i + 1) * M)));
  const strengths = weights.strength!.data;
  const centre = mean(strengths);
  const strength = (value: number): FloatTensor => ({
    ...withValue({ shape: [M], data: strengths }, value),
    shape: [M + 1, 1],
  });
  const placed: RankState = {
    ...state,
    shape: { ...shape, models: M + 1 },
    weights: { ...weights, identity: withColumn(identity, meanIdentity), strength: strength(centre) },
    profile: state.profile && withColumn(state.profile, profile),
    advantage: state.advantage && withColumn(state.advantage, byClusters.advantage),
    trust: withValue(state.trust, trustIn(state, profile)),
    shift: state.shift && withColumn(state.shift, new Float32Array(shape.embeddingDim)),
  };
  const folded = foldedIn(placed, newcomer);
  const nowhere = { shape: [shape.embeddingDim, M], data: new Float32Array(shape.embeddingDim * M) };
  const joined = folded ? { ...placed, shift: withColumn(state.shift ?? nowhere, folded.shift) } : placed;
  const withStrength = (value: number) => ({ ...joined, weights: { ...joined.weights, strength: strength(value) } });
  const scores = plainScores(withStrength(0), newcomer.features);
  const prior = centre + (folded?.level ?? 0);
  return withStrength(strengthFrom(newcomer, state.source, prior, (i, m) => scores.data[i * (M + 1) + m]!, M));
}

/**
 * 1 − the distance to the nearest learned profile, in units of how far those are from their own nearest; at least 0. A network of
 * layers says anything at all about a profile unlike the few it has seen.
 */
function trustIn({ profile, learned }: RankState, own: readonly number[]): number {
  if (!profile) return 1;
  const M = profile.shape[1]!;
  const column = (m: number) => own.map((_, p) => profile.data[p * M + m]!);
  const known = Array.from({ length: learned }, (_, m) => column(m));
  const nearest = (to: readonly number[], among: readonly number[][]) =>
    Math.sqrt(Math.min(...among.map((other) => squaredEuclidean(to, other))));
  const apart = mean(
    known.map((each, m) =>
      nearest(
        each,
        known.filter((_, other) => other !== m),
      ),
    ),
  );
  return apart > 0 ? Math.max(0, 1 - nearest(own, known) / apart) : 0;
}

/** The same where every model has one strength for all queries. */
export function withConstantNewcomer({ source, strengths }: ConstantState, newcomer: Newcomer): ConstantState {
  const M = strengths.data.length;
  const solved = strengthFrom(newcomer, source, mean(strengths.data), (_, m) => strengths.data[m] ?? 0, M);
  return { source, strengths: withValue(strengths, solved) };
}

/**
 * argmin over its pairs of Σ weight·(softplus(Δ) − tΔ) + ½(β − β̄)²; without pairs β̄.
 * @param score of query i and model m; the newcomer is model M
 */
function strengthFrom(
  { quality, others }: Newcomer,
  source: Preferences['source'],
  centre: number,
  score: (query: number, model: number) => number,
  M: number,
): number {
  const pairs: { target: number; weight: number; offset: number }[] = [];
  quality.forEach((own, i) => {
    for (let m = 0; m < M; m++) {
      const difference = own - others.data[i * M + m]!;
      if (Number.isNaN(difference)) continue;
      const tied = Math.abs(difference) <= SMALLEST_DIFFERENCE;
      if (tied && source === 'outcomes') continue;
      const target = tied ? 0.5 : difference > 0 ? 1 : 0;
      pairs.push({ target, weight: tied ? 1 : Math.abs(difference), offset: score(i, M) - score(i, m) });
    }
  });
  if (pairs.length === 0) return centre;
  const [solved] = logisticRegression({
    inputs: matrix64(pairs.length, 1, new Float64Array(pairs.length).fill(1)),
    targets: pairs.map(({ target }) => target),
    weights: pairs.map(({ weight }) => weight),
    offsets: pairs.map(({ offset }) => offset),
    centre: [centre],
    precision: [PRECISION],
  });
  return solved!;
}

function clusterColumns({ scales, centres }: RankState, { features, quality }: Newcomer) {
  const k = scales.length;
  if (k === 0) return { profile: [], advantage: [] };
  if (quality.length === 0) return { profile: new Array<number>(k).fill(0), advantage: new Array<number>(k).fill(0) };
  const profile = ownProfile(nearestCentres(normaliseRows(features), centres!), quality, k);
  return {
    profile: scales.map((scale, c) => scaled(profile.values.data[c]!, scale)),
    advantage: [...advantages(profile)],
  };
}

function refuseUnknown({ columns }: RankState, { model, quality, profile }: Newcomer): void {
  if (quality.length > 0 || isCatalogued(profile, columns)) return;
  throw new VsrError(
    'VSR_TRAINING_DATA',
    `rankrouter: nothing is known about ${model}: no outcome, and nothing in the catalogue that the router uses.`,
    {
      hint:
        columns.length > 0
          ? `Give outcomes of ${model}, or its ${columns.map(({ name }) => name).join(', ')} in the models file.`
          : `Give outcomes of ${model} on some queries.`,
    },
  );
}
