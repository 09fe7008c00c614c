// The same routers learned again with other seeds: what of a figure is the draw of the start and of the batches.
import { throwIfAborted } from '../../errors/vsr-error.js';
import type { Matrix } from '../../math/matrix.js';
import type { Objective } from '../../math/utility.js';
import type { PipelineContext } from '../context.js';
import { scoreRows } from '../people/objective-asker.js';
import { type FitRun, fitRouter, type LearningData, type RouterRequest } from './fit-routers.js';

export interface RefitRun {
  /** Fits in all, the artifact's own among them; refits are one less. */
  readonly seeds: number;
  /** The artifact's own; refit k learns with this plus k. */
  readonly seed: number;
  readonly objective: Objective;
  readonly training: FitRun['training'];
}

export interface Refits {
  /** Rows of the table that were scored; nobody looked at their outcomes. */
  readonly rows: Int32Array;
  /** Per router and refit [rows × M]. */
  readonly scores: Readonly<Record<string, readonly Matrix[]>>;
}

/** @param learn rows learned from; @param rows rows scored. Throws what fitting throws. */
export async function refit(
  requests: readonly RouterRequest[],
  data: LearningData,
  { learn, rows }: { readonly learn: Int32Array; readonly rows: Int32Array },
  { seeds, seed, objective, training }: RefitRun,
  context: PipelineContext,
): Promise<Refits> {
  const scores: Record<string, Matrix[]> = {};
  for (const request of requests) {
    const own: Matrix[] = [];
    for (let k = 1; k < seeds; k++) {
      throwIfAborted(context.signal);
      const stage = `seed ${k + 1} of ${seeds}: ${request.name}`;
      const { fitted } = await fitRouter(request, data, learn, { seed: seed + k, stage, training }, context);
      own.push(await scoreRows(fitted, data, rows, objective));
    }
    scores[request.name] = own;
  }
  return { rows, scores };
}
