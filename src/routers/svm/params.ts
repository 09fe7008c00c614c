// Parameters of the svm router; configs/svm.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, within } from '../number-params.js';

const GAMMA = 'expected "scale" or a number from 0.0001 to 1000';
const ROWS = 'expected a whole number from 2 to 20000 (20,000 rows are a kernel matrix of 1.6 GB)';

export const svmParams = z.strictObject({
  /** best: is the model among the best here? (scale logit); scores: what quality will it have? (scale quality). */
  target: z.enum(['best', 'scores'], { error: 'expected best or scores' }).default('best'),
  kernel: z.enum(['rbf', 'linear'], { error: 'expected rbf or linear' }).default('rbf'),
  /** Of rbf; scale = 1 / (D · variance of the unit rows). */
  gamma: z.union([z.literal('scale'), within(0.0001, 1000, GAMMA)], { error: GAMMA }).default(1),
  /** How much an error costs, against a flat function. */
  c: within(0.0001, 10_000).default(1),
  /** Of target scores: errors below this cost nothing. */
  epsilon: within(0, 1).default(0.1),
  /** platt: scores become qualities, by decisions on training rows held out in turn; five more fits. */
  calibration: z.enum(['none', 'platt'], { error: 'expected none or platt' }).default('none'),
  /** Violation of the optimality conditions at which a problem counts as solved; ten times it for the linear machines past maxRows. */
  tol: within(1e-9, 0.1).default(1e-3),
  /** Up to this many training rows are fitted exactly, over their kernel matrix. */
  maxRows: count(2, 20_000, ROWS).default(8000),
  /** Past maxRows. nystroem: linear machines over kernel values with landmarks, of all rows; sample: exact ones, of maxRows drawn rows. */
  approximation: z.enum(['nystroem', 'sample'], { error: 'expected nystroem or sample' }).default('nystroem'),
  /** Of nystroem and rbf: how many training rows stand for all. */
  landmarks: count(1, 4000).default(512),
});

export type SvmParams = z.output<typeof svmParams>;
