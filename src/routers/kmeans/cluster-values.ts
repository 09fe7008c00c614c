// What each model is worth in each cluster, and what the choice by cluster would have earned on rows left out.
import { chosenQuality } from '../chosen-quality.js';
import { leaveGroupOut } from '../leave-group-out.js';
import type { Outcomes } from '../outcomes.js';
import type { TrainingTable } from '../router.js';

/** V[c,m] = (Σ_{i∈c} K Y + κ·g[m]) / (Σ_{i∈c} K + κ), [k×M]; no cell and κ = 0: g[m]. */
export function clusterValues(
  labels: Int32Array,
  clusters: number,
  outcomes: Outcomes,
  shrinkage: number,
): Float32Array {
  const M = outcomes.prior.length;
  const sums = clusterSums(labels, clusters, outcomes);
  return new Float32Array(clusters * M).map((_, at) =>
    shrunk(sums.quality[at]!, sums.present[at]!, outcomes.prior[at % M]!, shrinkage),
  );
}

/**
 * Mean quality of the models chosen by cluster, every row judged by V without its own group. The clusters themselves saw
 * the row's vector, but never an outcome: so all rows can judge.
 */
export function leaveGroupOutQuality(
  table: TrainingTable,
  labels: Int32Array,
  clusters: number,
  outcomes: Outcomes,
  shrinkage: number,
): number {
  const M = outcomes.prior.length;
  const sums = clusterSums(labels, clusters, outcomes);
  const others = leaveGroupOut(table, outcomes);
  const judge = chosenQuality(table.quality);
  const scores = new Float64Array(M);
  labels.forEach((cluster, row) => {
    const prior = others.priorWithout(row);
    for (let m = 0; m < M; m++) {
      let sum = sums.quality[cluster * M + m]!;
      let count = sums.present[cluster * M + m]!;
      for (const own of others.groupOf(row)) {
        if (labels[own] !== cluster) continue;
        sum -= outcomes.quality[own * M + m]!;
        count -= outcomes.present[own * M + m]!;
      }
      scores[m] = shrunk(sum, count, prior[m]!, shrinkage);
    }
    judge.add(row, scores);
  });
  return judge.mean();
}

/** Per cluster and model [k×M]: Σ K Y and Σ K. */
function clusterSums(labels: Int32Array, clusters: number, { quality, present, prior }: Outcomes) {
  const M = prior.length;
  const sums = { quality: new Float64Array(clusters * M), present: new Float64Array(clusters * M) };
  labels.forEach((cluster, row) => {
    for (let m = 0; m < M; m++) {
      sums.quality[cluster * M + m]! += quality[row * M + m]!;
      sums.present[cluster * M + m]! += present[row * M + m]!;
    }
  });
  return sums;
}

function shrunk(sum: number, count: number, prior: number, shrinkage: number): number {
  return count + shrinkage > 0 ? (sum + shrinkage * prior) / (count + shrinkage) : prior;
}
