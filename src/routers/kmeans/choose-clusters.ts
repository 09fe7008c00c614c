// Clusters the distinct queries; with `clusters: auto`, into every number on the list, keeping the one that routes best.
import { normaliseRows, takeRows } from '../../math/matrix.js';
import { topK } from '../../math/top-k.js';
import { distinctRows } from '../distinct-rows.js';
import type { Clustering } from '../lloyd.js';
import type { Outcomes } from '../outcomes.js';
import { openPoints } from '../points.js';
import { bestClustering } from '../restarts.js';
import type { FitContext, TrainingTable } from '../router.js';
import { leaveGroupOutQuality } from './cluster-values.js';
import type { KmeansParams } from './params.js';

/** Fewest first: of two equally good numbers the smaller one leaves more queries to each cluster. */
const CANDIDATES = [4, 8, 16, 32, 64];
/**
 * Distinct queries per cluster that a candidate must leave on average: where a row has its cluster to itself, leaving it out
 * leaves the prior, and a clustering into single rows would be judged as well as the best single model.
 */
const MIN_CLUSTER_SIZE = 5;

/** Restarts that compare the numbers: enough to rank them, a fraction of what the final clustering takes. */
const COMPARING_RESTARTS = 2;

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
  const comparing = Math.min(COMPARING_RESTARTS, params.nInit);
  const steps = (numbers.length > 1 ? numbers.length * comparing : 0) + params.nInit;
  const points = await openPoints(rows);
  let step = 0;
  const cluster = async (clusters: number, nInit: number): Promise<ChosenClusters> => {
    const onRestart = () => context.onProgress?.({ step: ++step, steps, message: `${clusters} clusters` });
    const { seed, signal } = context;
    const options = { ...params, nInit };
    const clustering = withoutEmpty(await bestClustering(points, clusters, options, { seed, signal, onRestart }));
    return { clustering, labels: pointOf.map((point) => clustering.labels[point]!) };
  };
  try {
    if (numbers.length === 1) return await cluster(numbers[0]!, params.nInit);
    const qualities: number[] = [];
    for (const clusters of numbers) {
      const { clustering, labels } = await cluster(clusters, comparing);
      qualities.push(leaveGroupOutQuality(table, labels, clustering.centres.rows, outcomes, params.shrinkage));
    }
    return await cluster(numbers[topK(qualities, 1)[0]!]!, params.nInit);
  } finally {
    await points.dispose();
  }
}

function clusterNumbers(asked: KmeansParams['clusters'], distinct: number, context: FitContext): number[] {
  if (asked === 'auto') {
    const numbers = CANDIDATES.filter((clusters) => clusters * MIN_CLUSTER_SIZE <= distinct);
    return numbers.length ? numbers : [Math.min(CANDIDATES[0]!, distinct)];
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
