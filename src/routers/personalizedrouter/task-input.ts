// The task of each query as the graph takes it: a share of every known task.
import type { GraphInputs } from '../router.js';
import type { PersonalState } from './state.js';

/** `task` [Q×T]: 1 for the query's own; an unknown one is shared evenly. Nothing where the data knows no tasks. */
export function taskInput(
  { taskNames }: Pick<PersonalState, 'taskNames'>,
  queries: number,
  names: readonly (string | null)[] | undefined,
): GraphInputs {
  const T = taskNames.length;
  if (T === 0) return {};
  const data = new Float32Array(queries * T);
  for (let q = 0; q < queries; q++) {
    const task = taskNames.indexOf(names?.[q] ?? '');
    if (task < 0) data.fill(1 / T, q * T, (q + 1) * T);
    else data[q * T + task] = 1;
  }
  return { task: { shape: [queries, T], data } };
}
