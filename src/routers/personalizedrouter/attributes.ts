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
  const attributes: Float64Array[] = [];
  for (const m of rated.models) {
    const at = (tableRow ?? 0) * M + m;
    const own = new Float64Array(components.length);
    for (let k = 0; k < own.length; k++) {
      const { values, present } = components[k]!;
      own[k] = signs[k]! * (tableRow !== undefined && present[at] === 1 ? values[at]! : estimate(k, m));
    }
    attributes.push(own);
  }
  return attributes;
}
