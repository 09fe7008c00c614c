// How products of towers become logits, on the training engine, in plain arrays and in the graph alike.
import type { RankrouterParams } from './params.js';

/**
 * The gates move this many times as fast as other weights: they hold one number that a whole scale depends on, and Adam moves every
 * weight by about the learning rate a step.
 */
export const GATE_PACE = 100;
const COSINE_TEMPERATURE = 0.05;
/** Added to lengths, so that a zero vector stays zero. */
export const LENGTH_FLOOR = 1e-8;

/** What ⟨q, h⟩ is multiplied by, besides the gate. */
export function productScale({
  similarityMetric,
  embeddingDim,
}: Pick<RankrouterParams, 'similarityMetric' | 'embeddingDim'>): number {
  return similarityMetric === 'cosine' ? 1 / COSINE_TEMPERATURE : 1 / Math.sqrt(embeddingDim);
}
