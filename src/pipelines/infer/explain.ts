// Why a query was scored as it was, with the texts of the neighbours or of the cluster.
import type { Matrix } from '../../math/matrix.js';
import { takeRows } from '../../math/matrix.js';
import type { FittedRouter } from '../../routers/router.js';
import { readLearnedQueries } from '../trained/companion-files.js';
import type { Trained } from '../trained/trained-router.js';

export type Explained =
  | {
      readonly kind: 'neighbours';
      readonly neighbours: readonly { readonly id: string; readonly query: string; readonly similarity: number }[];
    }
  | {
      readonly kind: 'cluster';
      readonly cluster: number;
      readonly size: number;
      readonly examples: readonly { readonly id: string; readonly query: string }[];
    }
  | { readonly kind: 'none' };

/** How many neighbours or members are shown. */
const SHOWN = 5;

export function explainer(
  trained: Pick<Trained, 'artifact'>,
  router: FittedRouter,
): (features: Matrix, row: number) => Promise<Explained> {
  const learned = readLearnedQueries(trained.artifact);
  return async (features, row) => {
    const explanation = await router.explain?.(takeRows(features, [row]));
    if (explanation === undefined || explanation.kind === 'history') return { kind: 'none' };
    if (explanation.kind === 'cluster') {
      const examples = explanation.rows.slice(0, SHOWN).map((i) => learned[i]!);
      return { kind: 'cluster', cluster: explanation.cluster, size: explanation.size, examples };
    }
    const neighbours = explanation.neighbours
      .slice(0, SHOWN)
      .map(({ row: i, similarity }) => ({ ...learned[i]!, similarity }));
    return { kind: 'neighbours', neighbours };
  };
}
