// What a fitted rankrouter keeps: both towers as they were trained, the clusters, and every model's profile; or strengths alone.
import { VsrError } from '../../errors/vsr-error.js';
import type { Tensor } from '../../inference/tensor.js';
import { type Matrix, matrix } from '../../math/matrix.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { Fitted } from '../define-router.js';
import type { Json, RouterState } from '../router.js';
import { stateCount, stateTensor } from '../state-tensor.js';
import { type CatalogueColumn, columnsToJson } from './catalogue-profile.js';
import type { ColumnScale } from './cluster-profile.js';
import type { RankrouterParams } from './params.js';
import type { Preferences } from './preferences.js';
import { looksUp, type TowerShape, towerShapes, usesClusters } from './shape.js';

export type FloatTensor = Tensor & { readonly data: Float32Array };

/** Two towers, fitted. */
export interface RankState {
  readonly source: Preferences['source'];
  readonly shape: TowerShape;
  /** By the names of `towerShapes`. */
  readonly weights: Readonly<Record<string, FloatTensor>>;
  /** [k×E] */
  readonly centres: Matrix | undefined;
  /** [P×M] scaled: clusters first, then the catalogue's columns. */
  readonly profile: FloatTensor | undefined;
  /** [k×M] v − w */
  readonly advantage: FloatTensor | undefined;
  /** [k] of the profile's cluster columns; none where clusters are no part of it. */
  readonly scales: readonly ColumnScale[];
  /** [M] how far each model's vector is its tower's own and not the learned models' mean: 1 of those that were learned. */
  readonly trust: FloatTensor;
  /** [d×M] what their own answers add to the vectors of models that joined, 0 of those that were learned; absent = nothing. */
  readonly shift?: FloatTensor | undefined;
  /** How many models were learned; those after them joined later. */
  readonly learned: number;
  readonly columns: readonly CatalogueColumn[];
  /** What validation said of the ranking alone and of the towers; null = no validation rows. */
  readonly validation: Json;
}

/** Strengths [M] for every query: there was nothing to train on. */
export interface ConstantState {
  readonly source: Preferences['source'];
  readonly strengths: FloatTensor;
}

export function toState(state: RankState): RouterState {
  const { source, shape, weights, centres, profile, advantage, scales, columns, trust, shift, learned, validation } =
    state;
  const json = { source, learned, clusters: shape.clusters, columns: columnsToJson(columns), validation };
  const tensors: Record<string, Tensor> = { ...weights, trust };
  if (centres) tensors.centres = { shape: [centres.rows, centres.cols], data: centres.data };
  if (profile) tensors.profile = profile;
  if (advantage) tensors.advantage = advantage;
  if (shift) tensors.shift = shift;
  if (scales.length > 0) {
    const data = Float32Array.from(scales.flatMap(({ mean, deviation }) => [mean, deviation]));
    tensors.cluster_scales = { shape: [scales.length, 2], data };
  }
  return { json, tensors };
}

export function constantState({ source, strengths }: ConstantState): RouterState {
  return { json: { source, towers: false }, tensors: { strengths } };
}

/** The fit's parameters as tensors of a state. */
export function trainedWeights(parameters: NamedWeights): Record<string, FloatTensor> {
  return Object.fromEntries(Object.entries(parameters).map(([name, { shape, data }]) => [name, { shape, data }]));
}

/** Throws `VSR_ARTIFACT` where the tensors do not fit together. */
export function fromState({ state, models, featureDim, params }: Fitted<RankrouterParams>): RankState | ConstantState {
  const source = state.json.source === 'votes' ? 'votes' : 'outcomes';
  if (state.json.towers === false) return { source, strengths: stateTensor(state, 'strengths', [models.length]) };
  const clusters = stateCount(state, 'clusters', 0, params.numClusters);
  const columns = readColumns(state);
  const byClusters = params.capability === 'clusters';
  const profile = params.capability === 'none' ? 0 : (byClusters ? clusters : 0) + columns.length;
  const shape: TowerShape = { ...params, featureDim, models: models.length, clusters, profile };
  const weights = Object.fromEntries(
    Object.entries(towerShapes(shape)).map(([name, sizes]) => [name, stateTensor(state, name, sizes)]),
  );
  const centres = usesClusters(params) ? stateTensor(state, 'centres', [clusters, featureDim]) : undefined;
  return {
    source,
    shape,
    weights,
    centres: centres && matrix(clusters, featureDim, centres.data),
    profile: profile > 0 ? stateTensor(state, 'profile', [profile, models.length]) : undefined,
    advantage: looksUp(params) ? stateTensor(state, 'advantage', [clusters, models.length]) : undefined,
    scales: byClusters ? readScales(state, clusters) : [],
    columns,
    trust: stateTensor(state, 'trust', [models.length]),
    shift: state.tensors.shift && stateTensor(state, 'shift', [shape.embeddingDim, models.length]),
    learned: stateCount(state, 'learned', 1, models.length),
    validation: state.json.validation ?? null,
  };
}

function readScales(state: RouterState, clusters: number): ColumnScale[] {
  const { data } = stateTensor(state, 'cluster_scales', [clusters, 2]);
  return Array.from({ length: clusters }, (_, c) => ({ mean: data[2 * c]!, deviation: data[2 * c + 1]! }));
}

function readColumns({ json }: RouterState): CatalogueColumn[] {
  const columns = json.columns;
  const fits = (column: Json) => {
    const { kind, name, mean, deviation } = (column ?? {}) as Record<string, Json>;
    return (
      (kind === 'figure' || kind === 'benchmark') &&
      typeof name === 'string' &&
      typeof mean === 'number' &&
      typeof deviation === 'number'
    );
  };
  if (Array.isArray(columns) && columns.every(fits)) return columns as unknown as CatalogueColumn[];
  throw new VsrError(
    'VSR_ARTIFACT',
    'router state: "columns" must be a list of profile columns with kind, name, mean and deviation.',
    {
      hint: 'Run vsr train again.',
    },
  );
}
