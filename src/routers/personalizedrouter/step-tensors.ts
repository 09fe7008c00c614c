// A step as tensors: rows to encode, the visible graph, targets, and how the past of each person adds up to a taste.
import { takeRows } from '../../math/matrix.js';
import type { Random } from '../../math/random.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { TASTE_SHRINKAGE } from './constants.js';
import type { Step } from './draw-step.js';
import type { LearningData } from './learning-data.js';
import type { VisibleGraph } from './network.js';
import { bestShares } from './rated-group.js';

export interface RatedTensors {
  /** r rated targets, in the order of the step's people. */
  readonly count: number;
  /** [r×M] 1 = rated. */
  readonly present: EngineTensor;
  /** [r×M] scores, or shares of the choice. */
  readonly y: EngineTensor;
  /** true: y are shares of choices, else scores. */
  readonly choices: boolean;
  /** [r×K], signed: −w for what should be small. */
  readonly weights: EngineTensor;
  /** [r×M] δ of each target's user. */
  readonly liking: EngineTensor;
  /** [U×h·M] e / (n_u + 10) over the history rows; undefined where nobody has a past. */
  readonly tasteOf: EngineTensor | undefined;
  /** [r×U] whose target it is. */
  readonly owner: EngineTensor;
}

export interface StepTensors {
  /** Pool rows, in this order: targets, rated targets, histories. */
  readonly routed: Int32Array;
  readonly targets: number;
  readonly historyRows: number;
  readonly graph: VisibleGraph;
  /** [(R+S)×T] */
  readonly taskShares: EngineTensor | undefined;
  readonly scaledRows: ReturnType<typeof takeRows<Float32Array>>;
  /** [R·M×K] */
  readonly estimates: EngineTensor;
  readonly rated: RatedTensors | undefined;
}

const TASK_DROPPED = 0.3;

export function stepTensors(
  tf: TensorFlow,
  data: LearningData,
  step: Step,
  asChoices: boolean,
  random: Random,
): StepTensors {
  const asked = step.rated.flatMap(({ targets }) => targets.map(({ row }) => row));
  const past = step.rated.flatMap(({ history }) => history.map(({ row }) => row));
  const routed = Int32Array.of(...step.targets, ...asked, ...past);
  // Where nothing can be shown, one query stands without edges: no engine multiplies matrices without rows.
  const shown = step.visible.length > 0 ? step.visible : Int32Array.of(0);
  const all = Int32Array.of(...routed, ...shown);
  const unknown = (_: number) => step.dropping && random.uniform() < TASK_DROPPED;
  return {
    routed,
    targets: step.targets.length,
    historyRows: past.length,
    graph: visibleGraph(tf, data, step.visible),
    taskShares: data.taskNames.length > 0 ? taskShares(tf, data, all, unknown) : undefined,
    scaledRows: takeRows(data.scaledRows, all),
    estimates: estimateTensor(tf, data, routed, routed.length - past.length, step.hidden),
    rated: asked.length > 0 ? ratedTensors(tf, data, step, asChoices, asked.length, past.length) : undefined,
  };
}

/** Edges over the present cells of some table rows; of none, one query without edges. */
export function visibleGraph(tf: TensorFlow, data: LearningData, rows: Int32Array): VisibleGraph {
  const { components, pool, models, taskNames } = data;
  const [M, S, T] = [models.length, Math.max(1, rows.length), taskNames.length];
  const mask = new Float32Array(M * S);
  const values = components.map(() => new Float32Array(M * S));
  const [sums, counts] = [new Float32Array(M * T), new Float32Array(M * T)];
  const membership = new Float32Array(T * S);
  rows.forEach((row, s) => {
    const task = pool.tasks[row]!;
    if (task >= 0) membership[task * S + s] = 1;
    for (let m = 0; m < M; m++) {
      if (components[0]!.present[row * M + m] === 0) continue;
      mask[m * S + s] = 1;
      components.forEach(({ values: cells, present, prior }, k) => {
        values[k]![m * S + s] = present[row * M + m] === 1 ? cells[row * M + m]! : prior[m]!;
      });
      if (task < 0) continue;
      sums[m * T + task]! += components[0]!.values[row * M + m]!;
      counts[m * T + task]! += 1;
    }
  });
  const tensor = (array: Float32Array, i: number, j: number) => tf.tensor(array, [i, j]);
  const queriesToModels = { mask: tensor(mask, M, S), values: values.map((v) => tensor(v, M, S)) };
  const family = { mask: tensor(data.family, M, M), values: [] };
  if (T === 0) return { queriesToModels, family };
  const toModels = {
    mask: tensor(
      counts.map((n) => Math.min(1, n)),
      M,
      T,
    ),
    values: [
      tensor(
        sums.map((sum, at) => sum / Math.max(1, counts[at]!)),
        M,
        T,
      ),
    ],
  };
  const turned = { mask: tf.transpose(toModels.mask), values: toModels.values.map((v) => tf.transpose(v)) };
  return {
    queriesToModels,
    family,
    tasks: { fromQueries: { mask: tensor(membership, T, S), values: [] }, fromModels: turned, toModels },
  };
}

/** [n×T] each row's task; one that is not known is shared evenly. */
export function taskShares(
  tf: TensorFlow,
  { pool, taskNames }: LearningData,
  rows: Int32Array,
  unknown: (row: number) => boolean,
): EngineTensor {
  const T = taskNames.length;
  const shares = new Float32Array(rows.length * T);
  rows.forEach((row, i) => {
    const task = pool.tasks[row]!;
    if (task < 0 || unknown(row)) shares.fill(1 / T, i * T, (i + 1) * T);
    else shares[i * T + task] = 1;
  });
  return tf.tensor(shares, [rows.length, T]);
}

/** Targets leave their own outcomes out anyway; the past, from row `past` on, leaves out those of every target. */
function estimateTensor(
  tf: TensorFlow,
  { estimates, models }: LearningData,
  rows: Int32Array,
  past: number,
  hidden: ReadonlySet<number>,
): EngineTensor {
  const [M, K] = [models.length, estimates.values.length];
  const told = new Float32Array(rows.length * M * K);
  rows.forEach((row, i) => {
    const own = i < past ? undefined : estimates.without(row, hidden);
    for (let m = 0; m < M; m++) {
      for (let k = 0; k < K; k++) told[(i * M + m) * K + k] = own ? own[k]![m]! : estimates.values[k]![row * M + m]!;
    }
  });
  return tf.tensor(told, [rows.length * M, K]);
}

function ratedTensors(
  tf: TensorFlow,
  { models, components }: LearningData,
  { rated }: Step,
  asChoices: boolean,
  count: number,
  pastRows: number,
): RatedTensors {
  const [M, K, U] = [models.length, components.length, rated.length];
  const [present, y, likings] = [new Float32Array(count * M), new Float32Array(count * M), new Float32Array(count * M)];
  const [weights, owner] = [new Float32Array(count * K), new Float32Array(count * U)];
  const choices = asChoices || rated[0]!.targets[0]!.rated.kind === 'choices';
  const tastes = new Float32Array(U * pastRows * M);
  let [target, pastRow] = [0, 0];
  rated.forEach((user, u) => {
    for (const { rated: group } of user.targets) {
      const values = choices && group.kind === 'scores' ? bestShares(group.y) : group.y;
      // Scores that all tie choose nothing; a vote that ties says so.
      const telling = !choices || group.kind === 'choices' || values.some((share) => share === 0);
      owner[target * U + u] = 1;
      likings.set(user.liking, target * M);
      components.forEach(({ name }, k) => {
        weights[target * K + k] = (name === 'quality' ? 1 : -1) * user.weights[k]!;
      });
      group.models.forEach((m, i) => {
        if (telling) present[target * M + m] = 1;
        y[target * M + m] = values[i]!;
      });
      target++;
    }
    const cells = user.history.reduce((sum, { rated: group }) => sum + group.models.length, 0);
    user.history.forEach(({ rated: group }, g) => {
      group.models.forEach((m, i) => {
        tastes[(u * pastRows + pastRow) * M + m] = user.errors[g]![i]! / (cells + TASTE_SHRINKAGE);
      });
      pastRow++;
    });
  });
  return {
    count,
    present: tf.tensor(present, [count, M]),
    y: tf.tensor(y, [count, M]),
    choices,
    weights: tf.tensor(weights, [count, K]),
    liking: tf.tensor(likings, [count, M]),
    tasteOf: pastRows > 0 ? tf.tensor(tastes, [U, pastRows * M]) : undefined,
    owner: tf.tensor(owner, [count, U]),
  };
}
