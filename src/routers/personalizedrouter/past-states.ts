// What the network makes of queries in people's pasts, computed once a query and remembered.
import { plainFunction } from '../../inference/plain/plain-evaluator.js';
import { type Matrix, matrix, rowOf } from '../../math/matrix.js';
import { TASTES } from './constants.js';
import { pastGraph } from './graph.js';
import type { PersonalState } from './state.js';
import { taskInput } from './task-input.js';

/** [M×(A+K)]: ψ of each model, then what the neighbours say of each component. */
export type PastState = Float32Array;

const MOST_REMEMBERED = 4096;

/**
 * States of some rows of a history's queries, in order.
 * @param tasks names, null = unknown; one a row
 */
export type PastStates = (features: Matrix, rows: readonly number[], tasks: readonly (string | null)[]) => PastState[];

export function pastStates(state: PersonalState, featureDim: number): PastStates {
  let run: ReturnType<typeof plainFunction> | undefined;
  const remembered = new Map<string, PastState>(); // oldest first
  const width = state.models[0]!.shape[0]! * (TASTES + state.components.length);
  const compute = (features: Matrix, tasks: readonly (string | null)[]): Matrix => {
    run ??= plainFunction(pastGraph(state, featureDim));
    const { data } = run({
      features: { shape: [features.rows, features.cols], data: features.data },
      ...taskInput(state, features.rows, tasks),
    });
    return matrix(features.rows, width, data as Float32Array);
  };
  return (features, rows, tasks) => {
    const keys = rows.map((row, i) => keyOf(rowOf(features, row), tasks[i] ?? null));
    const missing = [...new Set(keys)].filter((key) => !remembered.has(key));
    if (missing.length > 0) {
      const at = missing.map((key) => keys.indexOf(key));
      const asked = matrix(missing.length, features.cols);
      at.forEach((i, to) => {
        asked.data.set(rowOf(features, rows[i]!), to * features.cols);
      });
      const found = compute(
        asked,
        at.map((i) => tasks[i] ?? null),
      );
      missing.forEach((key, i) => {
        remembered.set(key, rowOf(found, i).slice());
      });
    }
    const states = keys.map((key) => remembered.get(key)!);
    for (const key of remembered.keys()) {
      if (remembered.size <= MOST_REMEMBERED) break;
      remembered.delete(key);
    }
    return states;
  };
}

function keyOf(row: Float32Array, task: string | null): string {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  return `${task ?? ''}\n${bytes.toString('latin1')}`;
}
