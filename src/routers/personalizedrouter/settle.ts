// After training: states of tasks and models with every training query visible, and all that serving needs, as tensors.
import { takeRows } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import type { NamedWeights } from '../../training/fit-problem.js';
import type { TensorFlow } from '../../training/tensorflow.js';
import type { RouterState } from '../router.js';
import type { LearningData } from './learning-data.js';
import { propagate } from './network.js';
import { toState } from './state.js';
import { taskShares, visibleGraph } from './step-tensors.js';

export function settledState(
  tf: TensorFlow,
  data: LearningData,
  parameters: NamedWeights,
  likingShrinkage: number,
): RouterState {
  const { components, models, pool, rows: N } = data;
  const rows = Int32Array.from({ length: N }, (_, i) => i);
  const unit = takeRows(pool.unit, rows);
  return toState({
    neighbours: data.neighbours,
    likingShrinkage,
    priorWeights: [...data.priorWeights],
    taskNames: data.taskNames,
    components: components.map(({ name, scale, values, present, prior }) => ({
      name,
      scale,
      values: { shape: [N, models.length], data: values },
      present: { shape: [N, models.length], data: present },
      prior: { shape: [models.length], data: prior },
    })),
    rows: { shape: [unit.cols, N], data: transpose(unit).data },
    rowTasks: { shape: [N], data: pool.tasks.slice(0, N) },
    ...nodeStates(tf, data, parameters, rows),
    weights: Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'model' && name !== 'task')),
  });
}

function nodeStates(tf: TensorFlow, data: LearningData, parameters: NamedWeights, visible: Int32Array) {
  return tf.tidy(() => {
    const p = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, data: values }]) => [
        name,
        tf.tensor(values, [...shape], 'float32'),
      ]),
    );
    // One query is routed, so that no part of the network runs empty; nobody reads what becomes of it.
    const all = Int32Array.of(0, ...visible);
    const scaled = takeRows(data.scaledRows, all);
    const shares = data.taskNames.length > 0 ? taskShares(tf, data, all, () => false) : undefined;
    const described = data.described
      ? tf.tensor2d(data.described.data, [data.described.rows, data.described.cols])
      : undefined;
    const states = propagate(tf, p, scaled, 1, visibleGraph(tf, data, visible), shares, described);
    const out = (tensor: (typeof states.models)[number]) => ({
      shape: tensor.shape,
      data: Float32Array.from(tensor.dataSync()),
    });
    return { models: states.models.map(out), tasks: states.tasks.map(out) };
  });
}
