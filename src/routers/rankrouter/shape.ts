// The weights of the two towers: which there are, and how large.
import type { RankrouterParams } from './params.js';

export interface TowerShape
  extends Pick<
    RankrouterParams,
    'embeddingDim' | 'clusterDim' | 'idDim' | 'clusterFeature' | 'capability' | 'similarityMetric' | 'lossType'
  > {
  /** E */
  readonly featureDim: number;
  /** M */
  readonly models: number;
  /** k; 0 = nothing asks for clusters. */
  readonly clusters: number;
  /** P: columns of a model's profile; 0 = none. */
  readonly profile: number;
}

/** Clusters are made where the query tower or the profiles use them. */
export function usesClusters({
  clusterFeature,
  capability,
}: Pick<TowerShape, 'clusterFeature' | 'capability'>): boolean {
  return clusterFeature !== 'none' || capability === 'clusters';
}

/** true: a query's cluster also looks the models' advantages in it up. */
export function looksUp({ clusterFeature, capability }: Pick<TowerShape, 'clusterFeature' | 'capability'>): boolean {
  return clusterFeature !== 'none' && capability === 'clusters';
}

/** Weights [out × in], biases [out × 1], tables with a column an entry: cluster [d_c × k], identity [d_i × M]; in the order of the page. */
export function towerShapes(shape: TowerShape): Record<string, readonly [number, number]> {
  const { embeddingDim: d, idDim: di, featureDim, clusterFeature, models } = shape;
  const dc = clusterFeature === 'none' ? 0 : shape.clusterDim;
  return {
    ...layer('semantic', featureDim, d - dc),
    ...(dc > 0 && { cluster: [dc, shape.clusters] as const }),
    ...layer('query1', d, d),
    ...layer('query2', d, d),
    identity: [di, models],
    ...(shape.profile > 0 && { ...layer('profile1', shape.profile, di), ...layer('profile2', di, di) }),
    ...layer('model1', shape.profile > 0 ? 2 * di : di, d),
    ...layer('model2', d, d),
    ...(shape.similarityMetric === 'bilinear' && { bilinear: [d, d] as const }),
    strength: [models, 1],
    gate: [1, 1],
    ...(looksUp(shape) && { lookup: [1, 1] as const }),
    ...(shape.lossType === 'davidson' && { tie: [1, 1] as const }),
  };
}

function layer(name: string, inputs: number, outputs: number): Record<string, readonly [number, number]> {
  return { [`${name}.w`]: [outputs, inputs], [`${name}.b`]: [outputs, 1] };
}
