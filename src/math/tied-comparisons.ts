// Comparisons in which a tie is an outcome of its own: Davidson (J. Amer. Stat. Assoc. 65, 1970), Rao and Kupper (ibid. 62, 1967).
import { type Evaluated, lbfgs } from './lbfgs.js';
import type { Matrix } from './matrix.js';
import { mean } from './stats.js';

export interface TieModel {
  /** [M] of mean 0 */
  readonly strengths: Float64Array;
  /** Davidson's ν > 0, Rao and Kupper's θ > 1: the larger, the more ties. */
  readonly tie: number;
  readonly logLikelihood: number;
}

/**
 * P(a beats b) = e^{Δ/2}/Z, P(tie) = ν/Z, Z = e^{Δ/2} + e^{−Δ/2} + ν, Δ = s_a − s_b; maximum likelihood.
 * @param wins [M×M] row beat column, no ties in it
 * @param ties [M×M] symmetric
 */
export function davidson(wins: Matrix<Float64Array>, ties: Matrix<Float64Array>): TieModel {
  const { strengths, free, value } = maximise(wins, ties, ({ won, lost, tied }, d, eta) => {
    const top = Math.max(Math.abs(d) / 2, eta);
    const parts = [Math.exp(d / 2 - top), Math.exp(-d / 2 - top), Math.exp(eta - top)] as const;
    const z = parts[0] + parts[1] + parts[2];
    const n = won + lost + tied;
    return {
      value: n * (top + Math.log(z)) - (won - lost) * (d / 2) - tied * eta,
      slope: (n * (parts[0] - parts[1])) / z / 2 - (won - lost) / 2,
      tieSlope: (n * parts[2]) / z - tied,
    };
  });
  return { strengths, tie: Math.exp(free), logLikelihood: -value };
}

/**
 * P(a beats b) = σ(Δ − ln θ), P(tie) = (θ² − 1)·σ(Δ − ln θ)·σ(−Δ − ln θ); maximum likelihood.
 * @param wins [M×M] row beat column, no ties in it
 * @param ties [M×M] symmetric
 */
export function raoKupper(wins: Matrix<Float64Array>, ties: Matrix<Float64Array>): TieModel {
  const { strengths, free, value } = maximise(wins, ties, ({ won, lost, tied }, d, f) => {
    const theta = 1 + Math.exp(f);
    const tau = Math.log(theta);
    const [up, down] = [(won + tied) * sigmoid(tau - d), (lost + tied) * sigmoid(tau + d)];
    return {
      value: (won + tied) * softplus(tau - d) + (lost + tied) * softplus(tau + d) - tied * Math.log(theta ** 2 - 1),
      slope: down - up,
      tieSlope: (up + down - (2 * tied * theta ** 2) / (theta ** 2 - 1)) * (Math.exp(f) / theta),
    };
  });
  return { strengths, tie: 1 + Math.exp(free), logLikelihood: -value };
}

interface Meeting {
  readonly a: number;
  readonly b: number;
  readonly won: number;
  readonly lost: number;
  readonly tied: number;
}

interface MeetingLoss {
  /** −log-likelihood, and its derivatives by Δ and by the tie's parameter. */
  readonly value: number;
  readonly slope: number;
  readonly tieSlope: number;
}

function maximise(
  wins: Matrix<Float64Array>,
  ties: Matrix<Float64Array>,
  loss: (meeting: Meeting, difference: number, free: number) => MeetingLoss,
) {
  const M = wins.rows;
  const meetings: Meeting[] = [];
  for (let a = 0; a < M; a++) {
    for (let b = a + 1; b < M; b++) {
      const [won, lost, tied] = [wins.data[a * M + b]!, wins.data[b * M + a]!, ties.data[a * M + b]!];
      if (won + lost + tied > 0) meetings.push({ a, b, won, lost, tied });
    }
  }
  const evaluate = (point: Float64Array): Evaluated => {
    const gradient = new Float64Array(M + 1);
    let value = 0;
    for (const meeting of meetings) {
      const { a, b } = meeting;
      const here = loss(meeting, point[a]! - point[b]!, point[M]!);
      value += here.value;
      gradient[a]! += here.slope;
      gradient[b]! -= here.slope;
      gradient[M]! += here.tieSlope;
    }
    return { value, gradient };
  };
  const point = lbfgs(evaluate, new Float64Array(M + 1), { steps: 1000, tolerance: 1e-9 });
  const strengths = point.slice(0, M);
  const centre = mean(strengths);
  return { strengths: strengths.map((s) => s - centre), free: point[M]!, value: evaluate(point).value };
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
