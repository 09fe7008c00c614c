// Clusters the distinct queries; with `clusters: auto`, into every number on the list, keeping the one that routes best.
import { normaliseRows, takeRows } from '../../math/matrix.js';
import { topK } from '../../math/top-k.js';
import type { Outcomes } from '../outcomes.js';
import type { FitContext, TrainingTable } from '../router.js';
import { leaveGroupOutQuality } from './cluster-values.js';
import { distinctRows } from './distinct-rows.js';
import type { Clustering } from './lloyd.js';
import type { KmeansParams } from './params.js';
import { openPoints } from './points.js';
import { bestClustering } from './restarts.js';

/** Fewest first: of two equally good numbers the smaller one leaves more queries to each cluster. */
const CANDIDATES = [4, 8, 16, 32, 64];

export interface ChosenClusters {
  /** Of the distinct rows; no cluster is empty. */
  readonly clustering: Clustering;
  /** [N] cluster of every training row; rows of equal text share one. */
  readonly labels: Int32Array;
}

/** Throws `VSR_ABORTED`. */
export async function chooseClusters(
  table: TrainingTable,
  outcomes: Outcomes,
  params: KmeansParams,
  context: FitContext,
): Promise<ChosenClusters> {
  const { rows, pointOf } = distinctRows(normaliseRows(table.features), table.groups);
  const numbers = clusterNumbers(params.clusters, rows.rows, context);
  const trials = numbers.length > 1 ? numbers.length : 0;
  const steps = trials + params.nInit;
  const points = await openPoints(rows);
  const cluster = async (clusters: number, nInit: number, done: number): Promise<ChosenClusters> => {
    const onRestart = (restarts: number) =>
      context.onProgress?.({ step: done + restarts, steps, message: `${clusters} clusters` });
    const { seed, signal } = context;
    const found = await bestClustering(points, clusters, { ...params, nInit }, { seed, signal, onRestart });
    const clustering = withoutEmpty(found);
    return { clustering, labels: pointOf.map((point) => clustering.labels[point]!) };
  };
  try {
    const qualities: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      // One start is enough to see how many clusters help; the winner then gets all of them.
      const { clustering, labels } = await cluster(numbers[trial]!, 1, trial);
      qualities.push(leaveGroupOutQuality(table, labels, clustering.centres.rows, outcomes, params.shrinkage));
    }
    const [best = 0] = topK(qualities, 1);
    return await cluster(numbers[best]!, params.nInit, trials);
  } finally {
    await points.dispose();
  }
}

function clusterNumbers(asked: KmeansParams['clusters'], distinct: number, context: FitContext): number[] {
  if (asked === 'auto') {
    const numbers = CANDIDATES.filter((clusters) => clusters <= distinct);
    return numbers.length ? numbers : [distinct];
  }
  if (asked > distinct) {
    context.onWarning?.(
      `clusters is ${asked}, but there are only ${distinct} distinct training queries: each is a cluster.`,
    );
  }
  return [Math.min(asked, distinct)];
}

/** Clusters that the last assignment left empty are dropped; the order of the others stays. */
function withoutEmpty({ centres, labels, ...rest }: Clustering): Clustering {
  const used = [...new Set(labels)].sort((a, b) => a - b);
  const position = new Map(used.map((cluster, c) => [cluster, c]));
  return { ...rest, centres: takeRows(centres, used), labels: labels.map((cluster) => position.get(cluster)!) };
}
