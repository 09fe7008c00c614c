// Losses over pairs of scores. BPR: Rendle et al., arXiv 1205.2618; ties: Davidson, J. Amer. Stat. Assoc. 65 (1970).
import type { EngineScalar, EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import type { RankrouterParams } from './params.js';

/** Columns [P]: scores of both sides, t = 1, ½, 0 for the first, weights. */
export interface ScoredPairs {
  readonly first: EngineTensor;
  readonly second: EngineTensor;
  readonly outcome: EngineTensor;
  readonly weight: EngineTensor;
  /** Σ weight */
  readonly total: number;
}

/** Mean by weight of softplus(Δ) − tΔ, Δ = S_a − S_b: a tie pulls Δ to 0. Also the log-loss of σ(Δ). */
export function bpr(tf: TensorFlow, { first, second, outcome, weight, total }: ScoredPairs): EngineScalar {
  const difference = tf.sub(first, second);
  return meanBy(tf, tf.sub(tf.softplus(difference), tf.mul(outcome, difference)), weight, total);
}

/** max(0, margin − (2t − 1)Δ); ties are skipped. */
export function hinge(tf: TensorFlow, pairs: ScoredPairs, margin: number): EngineScalar {
  const side = tf.sub(tf.mul(pairs.outcome, 2), 1); // 1, 0, −1
  const decisive = tf.mul(pairs.weight, tf.square(side));
  const short = tf.relu(tf.sub(margin, tf.mul(side, tf.sub(pairs.first, pairs.second))));
  const total = tf.maximum(tf.sum(decisive), 1e-12);
  return tf.div(tf.sum(tf.mul(decisive, short)), total) as EngineScalar;
}

/** ½ [softplus(S_a) − t S_a + softplus(S_b) − (1 − t) S_b] */
export function bce(tf: TensorFlow, { first, second, outcome, weight, total }: ScoredPairs): EngineScalar {
  const both = tf.add(
    tf.sub(tf.softplus(first), tf.mul(outcome, first)),
    tf.sub(tf.softplus(second), tf.mul(tf.sub(1, outcome), second)),
  );
  return meanBy(tf, tf.mul(both, 0.5), weight, total);
}

/** −ln of e^{Δ/2}/Z, e^{−Δ/2}/Z or ν/Z for a tie; Z = e^{Δ/2} + e^{−Δ/2} + ν, ν = e^η. */
export function davidson(
  tf: TensorFlow,
  { first, second, outcome, weight, total }: ScoredPairs,
  eta: EngineTensor,
): EngineScalar {
  const difference = tf.sub(first, second);
  const half = tf.mul(tf.abs(difference), 0.5);
  const nu = tf.exp(tf.reshape(eta, []));
  const inner = tf.add(tf.exp(tf.mul(half, -2)), tf.mul(nu, tf.exp(tf.neg(half))));
  const logZ = tf.add(half, tf.log(tf.add(inner, 1)));
  const side = tf.sub(tf.mul(outcome, 2), 1);
  const tied = tf.sub(1, tf.square(side));
  const said = tf.add(tf.mul(side, tf.mul(difference, 0.5)), tf.mul(tied, tf.reshape(eta, [])));
  return meanBy(tf, tf.sub(logZ, said), weight, total);
}

/** The loss that is learned from. */
export function pairLoss(
  tf: TensorFlow,
  pairs: ScoredPairs,
  { lossType, margin }: Pick<RankrouterParams, 'lossType' | 'margin'>,
  eta: EngineTensor | undefined,
): EngineScalar {
  if (lossType === 'hinge') return hinge(tf, pairs, margin);
  if (lossType === 'bce') return bce(tf, pairs);
  return lossType === 'davidson' ? davidson(tf, pairs, eta!) : bpr(tf, pairs);
}

function meanBy(tf: TensorFlow, values: EngineTensor, weight: EngineTensor, total: number): EngineScalar {
  return tf.div(tf.sum(tf.mul(values, weight)), total) as EngineScalar;
}
