// Numbers over one router's choices: what it earned, how often it hit, how it spreads over the models.
import type { Matrix } from '../math/matrix.js';
import { rowMaxima } from './baselines.js';

/** The chosen cell of every row [N]; NaN where it is missing or nothing was chosen (-1). */
export function chosenValues(values: Matrix<Float64Array>, choices: ArrayLike<number>): Float64Array {
  const chosen = new Float64Array(values.rows);
  for (let i = 0; i < values.rows; i++) {
    chosen[i] = choices[i]! < 0 ? Number.NaN : values.data[i * values.cols + choices[i]!]!;
  }
  return chosen;
}

/** Mean of the values that are not NaN; NaN if there is none. */
export function presentMean(values: ArrayLike<number>): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += values[i]!;
    n++;
  }
  return sum / n;
}

/** Mean of the per-task means, over tasks with a value. */
export function macroMean(values: ArrayLike<number>, tasks: readonly string[]): number {
  const sums = new Map<string, { sum: number; n: number }>();
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    let task = sums.get(tasks[i]!);
    if (!task) {
      task = { sum: 0, n: 0 };
      sums.set(tasks[i]!, task);
    }
    task.sum += values[i]!;
    task.n++;
  }
  return presentMean([...sums.values()].map(({ sum, n }) => sum / n));
}

/** Row maximum minus what was earned [N]; NaN where nothing was. */
export function regrets(values: Matrix<Float64Array>, earned: Float64Array): Float64Array {
  const best = rowMaxima(values);
  return earned.map((value, i) => best[i]! - value);
}

/** Share of answered rows whose choice is among the best of the row, ties counting. */
export function hitShare(quality: Matrix<Float64Array>, choices: ArrayLike<number>): number {
  const best = rowMaxima(quality);
  let hits = 0;
  let answered = 0;
  for (let i = 0; i < quality.rows; i++) {
    const value = choices[i]! < 0 ? Number.NaN : quality.data[i * quality.cols + choices[i]!]!;
    if (Number.isNaN(value)) continue;
    answered++;
    if (value === best[i]) hits++;
  }
  return hits / answered;
}

/** Share of answered rows whose choice is exactly `targets` (as the cheapest of the best models). */
export function strictHitShare(
  quality: Matrix<Float64Array>,
  choices: ArrayLike<number>,
  targets: ArrayLike<number>,
): number {
  let hits = 0;
  let answered = 0;
  for (let i = 0; i < quality.rows; i++) {
    if (choices[i]! < 0 || Number.isNaN(quality.data[i * quality.cols + choices[i]!])) continue;
    answered++;
    if (choices[i] === targets[i]) hits++;
  }
  return hits / answered;
}

/** Share of each model [M] among the rows with a choice. */
export function routeShares(choices: ArrayLike<number>, models: number): number[] {
  const counts = new Array<number>(models).fill(0);
  let n = 0;
  for (let i = 0; i < choices.length; i++) {
    if (choices[i]! < 0) continue;
    counts[choices[i]!]!++;
    n++;
  }
  return counts.map((count) => (n === 0 ? 0 : count / n));
}

/** −Σ p·log₂ p of shares, in bits. */
export function entropyBits(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
}

/** (value − base)/base; null where base is 0. LLMRouterBench, arXiv 2601.07206: Gain@R, Gain@B. */
export function gainOver(value: number, base: number): number | null {
  return ratio(value - base, base);
}

/** (oracle − value)/oracle: Gap@O of the same paper. */
export function gapToOracle(value: number, oracle: number): number | null {
  return ratio(oracle - value, oracle);
}

/** (value − base)/(oracle − base): 0 = the best single model, 1 = the oracle. */
export function headroomClosed(value: number, base: number, oracle: number): number | null {
  return ratio(value - base, oracle - base);
}

export interface WinTieLoss {
  readonly win: number;
  readonly tie: number;
  readonly loss: number;
}

/** Rows with a value above, equal to (± 1e-9) and below the other's; rows where either is NaN count nowhere. */
export function winTieLoss(values: ArrayLike<number>, others: ArrayLike<number>): WinTieLoss {
  const count = { win: 0, tie: 0, loss: 0 };
  for (let i = 0; i < values.length; i++) {
    const difference = values[i]! - others[i]!;
    if (difference > 1e-9) count.win++;
    else if (difference < -1e-9) count.loss++;
    else if (!Number.isNaN(difference)) count.tie++;
  }
  return count;
}

function ratio(a: number, b: number): number | null {
  return b === 0 || Number.isNaN(a / b) ? null : a / b;
}
