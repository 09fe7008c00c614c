// What the scoring graph is given of the askers: each one's state and how much past it rests on, worked out once a past.
import type { Interactions } from '../people.js';
import type { GraphInputs, ScoringBatch } from '../router.js';
import type { UserState } from './user-state.js';

/**
 * user [Q × H] and history [Q × 1]; zeros where nobody is named or nothing is past. A state is kept as long as its history object:
 * whoever adds a turn makes a new one.
 */
export function askerInputs(
  read: (history: Interactions) => UserState,
  hidden: number,
): (batch: ScoringBatch) => GraphInputs {
  const known = new WeakMap<Interactions, UserState>();
  const stateOf = (history: Interactions) => {
    const state = known.get(history) ?? read(history);
    known.set(history, state);
    return state;
  };
  return ({ features, askers }) => {
    const user = new Float32Array(features.rows * hidden);
    const lengths = new Float32Array(features.rows);
    askers?.asker.forEach((index, row) => {
      const history = askers.people[index]?.history; // −1 names nobody
      if (!history) return;
      const { state, length } = stateOf(history);
      if (length === 0) return;
      user.set(state, row * hidden);
      lengths[row] = length;
    });
    return {
      user: { shape: [features.rows, hidden], data: user },
      history: { shape: [features.rows, 1], data: lengths },
    };
  };
}
