// What an answer was worth to whoever rated it, as weights weigh it.
import { type Component, signsOf } from './components.js';
import type { RatedGroup } from './rated-group.js';

/**
 * a [n×K] of a group's models, signed so that more is better: what they earned where the table holds the query, else what
 * the query's neighbours say.
 * @param components their values and presence [N×M]
 * @param M models
 */
export function attributesOf(
  rated: Pick<RatedGroup, 'models'>,
  components: readonly Pick<Component, 'name' | 'values' | 'present'>[],
  tableRow: number | undefined,
  estimate: (component: number, model: number) => number,
  M: number,
): Float64Array[] {
  const signs = signsOf(components);
  return Array.from(rated.models, (m) =>
    Float64Array.from(components, ({ values, present }, k) => {
      const at = (tableRow ?? 0) * M + m;
      return signs[k]! * (tableRow !== undefined && present[at] === 1 ? values[at]! : estimate(k, m));
    }),
  );
}
