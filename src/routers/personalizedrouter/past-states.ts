// What the network makes of queries in people's pasts, computed once a query, those of all askers together, and remembered.
import type { Evaluator } from '../../inference/evaluator.js';
import { type EvaluatorChoice, openEvaluator } from '../../inference/registry.js';
import { type Matrix, matrix, rowOf } from '../../math/matrix.js';
import { engineChooser } from '../engine-chooser.js';
import { TASTES } from './constants.js';
import { pastGraph } from './graph.js';
import type { PersonalState } from './state.js';
import { taskInput } from './task-input.js';

/** [M×(A+K)]: ψ of each model, then what the neighbours say of each component. */
export type PastState = Float32Array;

/** A query of a past: its features [D], and its task where that is known. */
export interface PastQuery {
  readonly features: Float32Array;
  readonly task: string | null;
}

const MOST_REMEMBERED = 4096;

/** The states of some queries, in order. */
export type PastStates = (queries: readonly PastQuery[], engine: EvaluatorChoice) => Promise<PastState[]>;

export function pastStates(state: PersonalState, featureDim: number): PastStates {
  const remembered = new Map<string, PastState>(); // oldest first
  const run = pastEvaluator(state, featureDim);
  return async (queries, engine) => {
    const keys = queries.map(keyOf);
    const missing = new Map<string, PastQuery>();
    keys.forEach((key, i) => {
      if (!remembered.has(key)) missing.set(key, queries[i]!);
    });
    const found = new Map<string, PastState>();
    if (missing.size > 0) {
      const computed = await run([...missing.values()], engine);
      [...missing.keys()].forEach((key, i) => {
        found.set(key, rowOf(computed, i).slice());
      });
    }
    // What is known is fetched before anything is forgotten: a past may be longer than what is remembered.
    const states = keys.map((key) => found.get(key) ?? remembered.get(key)!);
    for (const [key, past] of found) remembered.set(key, past);
    for (const key of remembered.keys()) {
      if (remembered.size <= MOST_REMEMBERED) break;
      remembered.delete(key);
    }
    return states;
  };
}

/** The graph of pasts on the engine that is cheaper, or the one that was named: [queries × M·(A+K)]. */
function pastEvaluator(state: PersonalState, featureDim: number) {
  let built: ReturnType<typeof pastGraph> | undefined;
  const graph = () => (built ??= pastGraph(state, featureDim));
  const cheaper = engineChooser(graph);
  const evaluators = new Map<EvaluatorChoice, Promise<Evaluator>>();
  const width = state.models[0]!.shape[0]! * (TASTES + state.components.length);
  return async (queries: readonly PastQuery[], engine: EvaluatorChoice): Promise<Matrix> => {
    const choice = engine === 'auto' ? cheaper(queries.length) : engine;
    const opened = evaluators.get(choice) ?? openEvaluator(graph(), choice);
    evaluators.set(choice, opened);
    const features = new Float32Array(queries.length * featureDim);
    queries.forEach((query, i) => {
      features.set(query.features, i * featureDim);
    });
    const tasks = queries.map(({ task }) => task);
    const { data } = await (await opened).run({
      features: { shape: [queries.length, featureDim], data: features },
      ...taskInput(state, queries.length, tasks),
    });
    return matrix(queries.length, width, data as Float32Array);
  };
}

function keyOf({ features, task }: PastQuery): string {
  const bytes = Buffer.from(features.buffer, features.byteOffset, features.byteLength);
  return `${task ?? ''}\n${bytes.toString('latin1')}`;
}
