// Why a query was scored as it was, with the texts of the neighbours or of the cluster.
import type { Matrix } from '../../math/matrix.js';
import { takeRows } from '../../math/matrix.js';
import type { FittedRouter } from '../../routers/router.js';
import type { StoredPerson } from '../people/person-store.js';
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
  | {
      readonly kind: 'history';
      /** The asker's own turns that weighed most; weights are shares of all of the past that was read. */
      readonly turns: readonly {
        readonly query: string;
        readonly ratings: Readonly<Record<string, number>>;
        readonly weight: number;
      }[];
    }
  | { readonly kind: 'none' };

/** How many neighbours or members are shown. */
const SHOWN = 5;

export function explainer(
  trained: Pick<Trained, 'artifact'>,
  router: FittedRouter,
): (features: Matrix, row: number, asker: StoredPerson) => Promise<Explained> {
  const learned = readLearnedQueries(trained.artifact);
  return async (features, row, { person, turns }) => {
    const explanation = await router.explain?.(takeRows(features, [row]), person);
    if (explanation === undefined) return { kind: 'none' };
    if (explanation.kind === 'history') {
      return {
        kind: 'history',
        turns: explanation.turns.slice(0, SHOWN).map(({ group, weight }) => {
          const { query, models, ratings } = turns[group]!;
          return { query, ratings: Object.fromEntries(models.map((model, i) => [model, ratings[i]!])), weight };
        }),
      };
    }
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
