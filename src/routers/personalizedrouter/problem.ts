// The network as a fit problem: outcomes of masked queries, and what people said of answers to masked queries.
import type { FitBatch, FitProblem, LossStep, NamedWeights } from '../../training/fit-problem.js';
import { maskedBce } from '../../training/losses.js';
import type { EngineScalar, EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import type { Component } from './components.js';
import { drawStep, type Step, type StepSource } from './draw-step.js';
import { stepScores } from './step-scores.js';
import { type RatedTensors, stepTensors } from './step-tensors.js';
import { CHOICE_SHARPNESS } from './user-weights.js';

export interface PersonalBatch extends FitBatch {
  readonly rows: Int32Array;
}

/** How much the squared errors of people's scores count beside those of outcomes. */
const SCORES_SHARE = 5;

/** @param judged the step that validation runs on, but for its targets: the rows held out */
export function personalProblem(
  source: StepSource,
  judged: Omit<Step, 'targets'>,
  parameters: NamedWeights,
): Omit<FitProblem<PersonalBatch>, 'rows' | 'validationRows'> {
  const { data, params } = source;
  return {
    name: 'personalizedrouter',
    parameters,
    batch: (_, rows) => ({ rows, weight: rows.length }),
    loss: ({ tf, parameters: p, batch, training, random }: LossStep<PersonalBatch>) => {
      const step = training
        ? drawStep(source, hiddenOf(batch.rows, params.trainMaskRate), random)
        : { ...judged, targets: batch.rows };
      const tensors = stepTensors(tf, data, step, params.target === 'best', random);
      const described = data.described
        ? tf.tensor(data.described.data, [data.described.rows, data.described.cols])
        : undefined;
      const { expected, scores } = stepScores(tf, p, data, tensors, described);
      const terms = step.targets.length
        ? data.components.map((component, k) => outcomeLoss(tf, expected[k]!, component, step.targets, k))
        : [tf.scalar(0)];
      if (scores && tensors.rated) terms.push(tf.sum(ratedLosses(tf, scores, tensors.rated)) as EngineScalar);
      if (!tensors.rated?.tasteOf) terms.push(unread(tf, [p['taste.matrix']!, p['taste.strength']!]));
      return terms.reduce((a, b) => tf.add(a, b));
    },
  };
}

/**
 * [r×1] what each rated target adds to the loss. Scores: 5·(s − y)², both centred over the rated models, by rated cells.
 * Choices: −Σ y·log softmax(10 s) over the rated models, by targets.
 */
export function ratedLosses(tf: TensorFlow, scores: EngineTensor, { present, y, choices }: RatedTensors): EngineTensor {
  const cells = tf.sum(present, 1, true);
  if (!choices) {
    const centred = (x: EngineTensor) => {
      const mean = tf.div(tf.sum(tf.mul(x, present), 1, true), tf.maximum(cells, 1));
      return tf.mul(tf.sub(x, mean), present);
    };
    const squares = tf.sum(tf.square(tf.sub(centred(scores), centred(y))), 1, true);
    return tf.div(tf.mul(squares, SCORES_SHARE), tf.maximum(tf.sum(cells), 1));
  }
  const told = tf.minimum(cells, 1);
  const logits = tf.add(tf.mul(scores, CHOICE_SHARPNESS), tf.mul(tf.sub(present, 1), NOT_RATED));
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  const logOfSum = tf.log(tf.sum(tf.exp(shifted), 1, true));
  const losses = tf.sum(tf.mul(tf.mul(y, present), tf.sub(logOfSum, shifted)), 1, true);
  return tf.div(losses, tf.maximum(tf.sum(told), 1));
}

/** The rows come in random order: the first of them, at least one. */
function hiddenOf(rows: Int32Array, share: number): Int32Array {
  return rows.subarray(0, Math.max(1, Math.round(rows.length * share)));
}

/** 0: parameters that a step does not read must still have a gradient. */
function unread(tf: TensorFlow, parameters: readonly EngineTensor[]): EngineScalar {
  const sums = parameters.map((parameter) => tf.sum(parameter));
  return tf.mul(0, tf.addN(sums)) as EngineScalar;
}

/** Takes a model that was not rated out of the softmax. */
const NOT_RATED = 1e4;

/** Means over the known cells of the targets: cross entropy of quality, squared errors of cost and latency. */
function outcomeLoss(
  tf: TensorFlow,
  expected: EngineTensor,
  { values, present, prior }: Component,
  rows: Int32Array,
  k: number,
): EngineScalar {
  const M = prior.length;
  const [y, known] = [new Float32Array(rows.length * M), new Float32Array(rows.length * M)];
  rows.forEach((row, i) => {
    y.set(values.subarray(row * M, (row + 1) * M), i * M);
    known.set(present.subarray(row * M, (row + 1) * M), i * M);
  });
  const total = Math.max(
    1,
    known.reduce((a, b) => a + b, 0),
  );
  const target = tf.tensor(y, [rows.length, M]);
  const mask = tf.tensor(known, [rows.length, M]);
  if (k === 0) return maskedBce(tf, expected, target, mask, total);
  return tf.div(tf.sum(tf.mul(mask, tf.square(tf.sub(expected, target)))), total) as EngineScalar;
}
