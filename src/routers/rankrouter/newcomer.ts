// Adds a model to the fitted towers: its profile places it, its own answers and its pairs with the others move it from there.
import { VsrError } from '../../errors/vsr-error.js';
import { squaredEuclidean } from '../../math/distance.js';
import { logisticRegression } from '../../math/logistic-regression.js';
import { matrix64, normaliseRows } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { type Newcomer, withColumn, withValue } from '../newcomer.js';
import { catalogueValues, isCatalogued } from './catalogue-profile.js';
import { advantages, ownProfile, scaled } from './cluster-profile.js';
import { foldedIn } from './fold-in.js';
import { newcomerPairs, strengthVariance } from './newcomer-pairs.js';
import { nearestCentres } from './query-clusters.js';
import type { ConstantState, FloatTensor, RankState } from './state.js';

/**
 * Its identity is the mean of those that were learned; the profile is what its outcomes say in each cluster, and the catalogue.
 * The tower is believed as far as the profile is like those it was trained on; what the cluster tells holds for every profile. From
 * there, and from the others' mean strength, answers and pairs move vector and strength. Throws `VSR_TRAINING_DATA` where nothing is known.
 */
export function withNewcomer(state: RankState, newcomer: Newcomer): RankState {
  const { shape, weights: learned, columns } = state;
  refuseUnknown(state, newcomer);
  const byClusters = clusterColumns(state, newcomer);
  const profile = [...byClusters.profile, ...catalogueValues(newcomer.model, newcomer.profile, columns)];
  const identity = learned.identity!;
  const [di, M] = identity.shape as [number, number];
  const meanIdentity = Array.from({ length: di }, (_, i) => mean(identity.data.subarray(i * M, (i + 1) * M)));
  const strengths = learned.strength!.data;
  const centre = mean(strengths);
  const strength = (value: number): FloatTensor => ({
    ...withValue({ shape: [M], data: strengths }, value),
    shape: [M + 1, 1],
  });
  const placed: RankState = {
    ...state,
    shape: { ...shape, models: M + 1 },
    weights: { ...learned, identity: withColumn(identity, meanIdentity), strength: strength(centre) },
    profile: state.profile && withColumn(state.profile, profile),
    advantage: state.advantage && withColumn(state.advantage, byClusters.advantage),
    trust: withValue(state.trust, trustIn(state, profile)),
    shift: state.shift && withColumn(state.shift, new Float32Array(shape.embeddingDim)),
  };
  const { shift, strength: solved } = foldedIn(placed, newcomer);
  const weights = { ...placed.weights, strength: strength(solved) };
  if (!shift) return { ...placed, weights };
  const nowhere = { shape: [shape.embeddingDim, M], data: new Float32Array(shape.embeddingDim * M) };
  return { ...placed, weights, shift: withColumn(state.shift ?? nowhere, shift) };
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
  const centre = mean(strengths.data);
  const pairs = newcomerPairs(newcomer, source, (_, m) => strengths.data[m] ?? centre, M);
  if (pairs.length === 0) return { source, strengths: withValue(strengths, centre) };
  const [above] = logisticRegression({
    inputs: matrix64(pairs.length, 1, new Float64Array(pairs.length).fill(1)),
    targets: pairs.map(({ target }) => target),
    weights: pairs.map(({ weight }) => weight),
    offsets: pairs.map(({ offset }) => offset),
    centre: [0],
    precision: [1 / strengthVariance(strengths.data)],
  });
  return { source, strengths: withValue(strengths, centre + above!) };
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
