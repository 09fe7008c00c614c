// How much a neighbour counts, and the shrunken mean of neighbours, in plain numbers (graph.ts says the same in ops).
import type { KnnParams } from './params.js';

/** Keeps the weight of an exact hit finite. */
export const INVERSE_EPSILON = 1e-9;
/** Cosine distances below this are 0: float32 cannot tell them from a hit, and a hit's weight must not hang on its rounding. */
export const HIT_DISTANCE = 2.5e-7;
/** Similarities this much apart differ by a factor e. */
export const SOFTMAX_TEMPERATURE = 0.1;

/** The weight of a neighbour at cosine similarity `similarity`; `best` is the nearest neighbour's. */
export function neighbourWeight(weights: KnnParams['weights'], similarity: number, best: number): number {
  if (weights === 'uniform') return 1;
  if (weights === 'inverse') return 1 / (Math.max(0, 1 - HIT_DISTANCE - similarity) + INVERSE_EPSILON);
  return Math.exp((similarity - best) / SOFTMAX_TEMPERATURE);
}

/** Running sums over neighbours, nearest first. */
export interface NeighbourSums {
  /** Adds a training row with its weight. */
  add(row: number, weight: number): void;
  /** Writes S [M] of the neighbours added so far; without any, the prior. */
  scores(prior: ArrayLike<number>, shrinkage: number, out: Float32Array | Float64Array): void;
}

/** @param quality [N×M] K∘Y; present [N×M] K */
export function neighbourSums(quality: Float32Array, present: Float32Array, models: number): NeighbourSums {
  const sums = new Float64Array(models);
  const masses = new Float64Array(models);
  let weights = 0;
  let count = 0;
  return {
    add(row, weight) {
      for (let m = 0; m < models; m++) {
        sums[m]! += weight * quality[row * models + m]!;
        masses[m]! += weight * present[row * models + m]!;
      }
      weights += weight;
      count++;
    },
    scores(prior, shrinkage, out) {
      const pull = count ? (shrinkage * weights) / count : 0; // κ·ā
      for (let m = 0; m < models; m++) {
        const mass = masses[m]! + pull;
        out[m] = mass > 0 ? (sums[m]! + pull * prior[m]!) / mass : prior[m]!;
      }
    },
  };
}
