// What a fitted svm router keeps, as tensors and back.
import { VsrError } from '../../errors/vsr-error.js';
import type { Tensor } from '../../inference/tensor.js';
import { matrix } from '../../math/matrix.js';
import type { PlattScale } from '../../math/platt.js';
import type { Fitted } from '../define-router.js';
import type { RouterState } from '../router.js';
import { stateTensor } from '../state-tensor.js';
import type { Kernel } from './kernel.js';
import type { SvmMachines } from './machines.js';
import type { SvmParams } from './params.js';

export function toState({ kernel, vectors, weights, intercepts, calibration }: SvmMachines): RouterState {
  return {
    json: { gamma: kernel.kind === 'rbf' ? kernel.gamma : null },
    tensors: {
      vectors: { shape: [vectors.rows, vectors.cols], data: vectors.data },
      weights: { shape: [weights.rows, weights.cols], data: weights.data },
      intercepts: { shape: [intercepts.length], data: intercepts },
      ...(calibration && { calibration: toTensor(calibration) }),
    },
  };
}

/** Throws `VSR_ARTIFACT` where the state does not fit together. */
export function fromState({ state, models, featureDim, params }: Fitted<SvmParams>): SvmMachines {
  const M = models.length;
  const vectors = stateTensor(state, 'vectors', [null, featureDim]);
  const S = vectors.shape[0]!;
  return {
    kernel: kernelOf(state.json.gamma),
    vectors: matrix(S, featureDim, vectors.data),
    weights: matrix(S, M, stateTensor(state, 'weights', [S, M]).data),
    intercepts: stateTensor(state, 'intercepts', [M]).data,
    ...(params.calibration === 'platt' && { calibration: fromTensor(stateTensor(state, 'calibration', [2, M])) }),
  };
}

/** [2×M] all A, then all B. */
function toTensor(scales: readonly PlattScale[]): Tensor {
  return {
    shape: [2, scales.length],
    data: Float32Array.from([...scales.map(({ a }) => a), ...scales.map(({ b }) => b)]),
  };
}

function fromTensor({ shape, data }: Tensor): PlattScale[] {
  const M = shape[1]!;
  return Array.from({ length: M }, (_, m) => ({ a: data[m]!, b: data[M + m]! }));
}

function kernelOf(gamma: unknown): Kernel {
  if (gamma === null) return { kind: 'linear' };
  if (typeof gamma === 'number' && gamma > 0) return { kind: 'rbf', gamma };
  throw new VsrError(
    'VSR_ARTIFACT',
    `router state: "gamma" must be a number above 0, or null for a linear kernel, got ${JSON.stringify(gamma)}.`,
    { hint: 'Run vsr train again.' },
  );
}
