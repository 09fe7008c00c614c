// Parameters of the rankrouter; configs/rankrouter.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, countOrAuto, within } from '../number-params.js';

export const rankrouterParams = z
  .strictObject({
    /** d: the width in which query and model meet. */
    embeddingDim: count(16, 1024).default(128),
    /** d_c: how much of the query tower's input is its cluster's own vector. */
    clusterDim: count(4, 128).default(32),
    /** d_i: width of a model's identity and of its capability. */
    idDim: count(8, 512).default(64),
    /** k of k-means over the training queries; at most a twentieth of them. */
    numClusters: count(1, 512).default(50),
    /** What the query tower sees of the clusters: the nearest one, all by closeness, or nothing. */
    clusterFeature: z.enum(['hard', 'soft', 'none'], { error: 'expected hard, soft or none' }).default('hard'),
    /** What a model is known by besides its name: win rates over clusters, its catalogue's benchmarks, or nothing. */
    capability: z
      .enum(['clusters', 'benchmarks', 'none'], { error: 'expected clusters, benchmarks or none' })
      .default('clusters'),
    similarityMetric: z
      .enum(['dot', 'cosine', 'bilinear'], { error: 'expected dot, cosine or bilinear' })
      .default('dot'),
    lossType: z
      .enum(['bpr', 'hinge', 'bce', 'davidson'], { error: 'expected bpr, hinge, bce or davidson' })
      .default('bpr'),
    /** Of hinge: how far the winner must lie above. */
    margin: z.number({ error: 'expected a number above 0' }).positive('expected a number above 0').default(1),
    learningRate: within(1e-5, 1e-2).default(3e-4),
    /** Decoupled, as in AdamW. */
    weightDecay: within(0, 1).default(1e-4),
    /** Queries a step, each with all its pairs. */
    batchSize: count(1, 65536).default(32),
    /** auto: 10, or as many as make 300 steps. */
    epochs: countOrAuto(1, 10_000).default('auto'),
    /** Epochs without a better validation log-loss after which the fit ends; with epochs auto, of ten. */
    patience: count(1, 10_000).default(3),
    /** Share of the hidden units left out at each step. */
    dropout: within(0, 0.5).default(0.1),
    /** Share of the steps at which all models have the same identity, so that capability alone learns to tell them apart. */
    idDropout: within(0, 0.5).default(0.2),
  })
  .refine(({ clusterFeature, clusterDim, embeddingDim }) => clusterFeature === 'none' || clusterDim < embeddingDim, {
    path: ['clusterDim'],
    error: 'expected less than embedding_dim, of which it is a part',
  });

export type RankrouterParams = z.output<typeof rankrouterParams>;
