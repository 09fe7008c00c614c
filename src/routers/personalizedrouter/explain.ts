// Why a person is routed so: which of the own past turns moved the scores most, found by leaving each one out.
import { openEvaluator } from '../../inference/registry.js';
import type { Matrix } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import type { Person } from '../people.js';
import type { Explanation } from '../router.js';
import { type AskerStates, stackedVectors } from './asker-inputs.js';
import { personalGraph } from './graph.js';
import type { PersonalState } from './state.js';
import { taskInput } from './task-input.js';

/**
 * A turn weighs what the scores change by without it (the sum over models of |change|, each row about its mean, since a constant
 * moves no choice), as a share of all turns; 0 for all where the past changes nothing.
 * @param features [1×D]
 */
export function historyExplainer(
  state: PersonalState,
  askers: AskerStates,
): (features: Matrix, asker: Person | undefined) => Promise<Explanation> {
  let opened: ReturnType<typeof openEvaluator> | undefined;
  return async (features, asker) => {
    if (!asker?.history) return { kind: 'history', turns: [] };
    const [own] = await askers.of([asker], 'auto');
    const { groups, vectors } = await askers.withoutEach(asker);
    if (groups.length === 0) return { kind: 'history', turns: [] };
    const rows = [own!, ...vectors];
    const repeated = new Float32Array(rows.length * features.cols);
    rows.forEach((_, i) => {
      repeated.set(features.data.subarray(0, features.cols), i * features.cols);
    });
    opened ??= openEvaluator(personalGraph(state, features.cols, state.models[0]!.shape[0]!), 'plain');
    const { data } = await (await opened).run({
      features: { shape: [rows.length, features.cols], data: repeated },
      ...stackedVectors(rows),
      ...taskInput(state, rows.length, undefined),
    });
    const M = data.length / rows.length;
    const centred = rows.map((_, i) => {
      const scores = Array.from(data.subarray(i * M, (i + 1) * M));
      const middle = mean(scores);
      return scores.map((score) => score - middle);
    });
    const moved = vectors.map((_, i) =>
      centred[i + 1]!.reduce((sum, score, m) => sum + Math.abs(score - centred[0]![m]!), 0),
    );
    const total = moved.reduce((a, b) => a + b, 0);
    const turns = groups.map((group, i) => ({ group, weight: total > 0 ? moved[i]! / total : 0 }));
    return { kind: 'history', turns: turns.sort((a, b) => b.weight - a.weight) };
  };
}
