// k: auto, chosen where it counts: every training row is scored by its nearest rows of other groups, for all k at once,
// and the k whose chosen models earned most wins. This judges on all rows, where a held-out tenth would judge on a
// tenth of them: among nine models the difference between two k is smaller than the noise of 500 rows.
import { throwIfAborted } from '../../errors/vsr-error.js';
import { openEvaluator } from '../../inference/registry.js';
import { type Matrix, takeRows } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { topK } from '../../math/top-k.js';
import { chosenQuality } from '../chosen-quality.js';
import { leaveGroupOut } from '../leave-group-out.js';
import type { Outcomes } from '../outcomes.js';
import type { FitContext, TrainingTable } from '../router.js';
import { similarityGraph } from './graph.js';
import type { KnnParams } from './params.js';
import type { KnnState } from './state.js';
import { neighbourSums, neighbourWeight } from './weights.js';

/** Largest first: of two equally good k the larger one is the steadier. */
const CANDIDATES = [320, 160, 80, 40, 20, 10, 5];
/** Rows judged at most, so that the work grows with N, not N². */
const MAX_JUDGED = 4000;
/** Rows whose similarities [block×N] are in memory at once. */
const BLOCK = 128;

/** @param unit [N×D] X̂; rows [D×N] X̂ᵀ. Throws `VSR_ABORTED`. */
export async function chooseNeighbourCount(
  table: TrainingTable,
  unit: Matrix,
  rows: KnnState['rows'],
  outcomes: Outcomes,
  params: KnnParams,
  context: FitContext,
): Promise<number> {
  const N = unit.rows;
  const candidates = CANDIDATES.filter((k) => k < N);
  if (candidates.length <= 1) return candidates[0] ?? N;
  const judges = candidates.map(() => chosenQuality(table.quality));
  const others = leaveGroupOut(table, outcomes);
  const judged = judgedRows(N, context.seed);
  const similarities = await openEvaluator(similarityGraph(rows));
  try {
    for (let start = 0; start < judged.length; start += BLOCK) {
      const block = judged.subarray(start, start + BLOCK);
      const input = { shape: [block.length, unit.cols], data: takeRows(unit, block).data };
      const { data } = await similarities.run({ features: input }); // [block×N]
      block.forEach((row, b) => {
        judgeRow(row, data.subarray(b * N, (b + 1) * N) as Float32Array);
      });
      context.onProgress?.({ step: start + block.length, steps: judged.length, message: 'choosing k' });
      throwIfAborted(context.signal);
    }
  } finally {
    await similarities.dispose();
  }
  const [best] = topK(
    judges.map((judge) => judge.mean()),
    1,
  );
  return candidates[best!]!;

  function judgeRow(row: number, similarity: Float32Array): void {
    const group = others.groupOf(row);
    for (const own of group) similarity[own] = Number.NEGATIVE_INFINITY;
    const nearest = topK(similarity, Math.min(candidates[0]!, N - group.length));
    const prior = others.priorWithout(row);
    const sums = neighbourSums(outcomes.quality, outcomes.present, outcomes.prior.length);
    const scores = new Float64Array(outcomes.prior.length);
    let added = 0;
    for (let c = candidates.length - 1; c >= 0; c--) {
      for (; added < Math.min(candidates[c]!, nearest.length); added++) {
        const i = nearest[added]!;
        sums.add(i, neighbourWeight(params.weights, similarity[i]!, similarity[nearest[0]!]!));
      }
      sums.scores(prior, params.shrinkage, scores);
      judges[c]!.add(row, scores);
    }
  }
}

/** All rows, or a seeded sample of them. */
function judgedRows(N: number, seed: number): Int32Array {
  const all = Int32Array.from({ length: N }, (_, i) => i);
  if (N <= MAX_JUDGED) return all;
  return Int32Array.from(seededRandom(seed).fork('judged rows').shuffle(all).slice(0, MAX_JUDGED)).sort();
}
