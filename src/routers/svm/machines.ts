// The fitted machines of all models over one set of support vectors.
import type { Matrix } from '../../math/matrix.js';
import type { PlattScale } from '../../math/platt.js';
import type { Kernel } from './kernel.js';

/** f_m(x) = Σ_s A[s,m] k(v_s, x) + b_m. */
export interface SvmMachines {
  readonly kernel: Kernel;
  /** [S×D] unit rows that any machine needs. */
  readonly vectors: Matrix;
  /** [S×M] A */
  readonly weights: Matrix;
  /** [M] b */
  readonly intercepts: Float32Array;
  /** [M] from f to a quality, where the params ask for it. */
  readonly calibration?: readonly PlattScale[];
}
