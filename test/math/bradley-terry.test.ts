// Strengths of models from real votes against PyTorch, scipy, scikit-learn and choix (fixtures/ranking).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bradleyTerry, comparisonLogLoss, onEloScale, winMatrix } from '../../src/math/bradley-terry.js';
import { eloRatings } from '../../src/math/elo.js';
import { matrix64 } from '../../src/math/matrix.js';
import { davidson, raoKupper } from '../../src/math/tied-comparisons.js';
import { hasShared, SHARED } from '../shared-folder.js';
import { distance, goldenJson } from '../training/golden.js';

interface Fit {
  strengths: number[];
  log_likelihood: number;
  elo_scale_400_over_ln10_base_1000: number[];
  nu: number;
  theta: number;
}
interface Golden {
  models: string[];
  wins_row_beats_column: number[][];
  ties_matrix: number[][];
  bradley_terry_decisive: Fit & { 'choix_alpha_0.5_strengths': number[] };
  bradley_terry_ties_half: Fit;
  davidson: Fit;
  rao_kupper: Fit;
  elo_K32_base_1000: { final: number[] };
  elo_K32_base_1500: { final: number[] };
}

test('two models: odds are wins to defeats, a tie is half of each, and a prior pulls them together', () => {
  const wins = winMatrix({ first: [0, 1, 0], second: [1, 0, 1], outcome: [1, 1, 0.5], weight: [3, 1, 4] }, 2);
  expect([...wins.data]).toEqual([0, 5, 3, 0]);
  const [a, b] = bradleyTerry(wins, 0);
  expect(a! - b!).toBeCloseTo(Math.log(5 / 3), 10);
  expect(a! + b!).toBeCloseTo(0, 12);
  const [shrunk] = bradleyTerry(wins, 1);
  // s = Δ/2: d/ds of Σ wins·softplus + ½‖s‖² (both strengths move) is 0 there.
  expect(2 * (8 / (1 + Math.exp(-2 * shrunk!)) - 5) + 2 * shrunk!).toBeCloseTo(0, 8);
});

test('without a prior, models that never lose to the others are refused', () => {
  const wins = matrix64(3, 3, Float64Array.of(0, 2, 2, 0, 0, 1, 0, 1, 0));
  expect(() => bradleyTerry(wins, 0)).toThrow(expect.objectContaining({ code: 'VSR_TRAINING_DATA' }));
  expect(bradleyTerry(wins, 1).every(Number.isFinite)).toBe(true);
});

test('log-loss of a tie is least at no difference', () => {
  const loss = (d: number) => comparisonLogLoss([d], { outcome: [0.5], weight: [7] });
  expect(loss(0)).toBeCloseTo(Math.LN2, 12);
  expect(loss(1)).toBeCloseTo(Math.log(1 + Math.E) - 0.5, 12);
});

describe.skipIf(!hasShared)('golden ranking of 3,355 votes (needs ../shared)', () => {
  if (!hasShared) return;
  const golden = goldenJson<Golden>('ranking', 'votes.json');
  const square = (rows: number[][]) => matrix64(6, 6, Float64Array.from(rows.flat()));
  const wins = square(golden.wins_row_beats_column);
  const ties = square(golden.ties_matrix);
  const votes = readFileSync(join(SHARED, 'data/mtbench/human-votes.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { model_a: string; model_b: string; winner: string });
  const comparisons = {
    first: votes.map(({ model_a }) => golden.models.indexOf(model_a)),
    second: votes.map(({ model_b }) => golden.models.indexOf(model_b)),
    outcome: votes.map(({ winner }) => ({ model_a: 1, model_b: 0 })[winner] ?? 0.5),
    weight: votes.map(() => 1),
  };

  test('Bradley–Terry on decisive votes', () => {
    const strengths = bradleyTerry(wins, 0);
    expect(distance(strengths, golden.bradley_terry_decisive.strengths)).toBeLessThan(1e-6);
    const elo = golden.bradley_terry_decisive.elo_scale_400_over_ln10_base_1000;
    expect(distance(onEloScale(strengths), elo)).toBeLessThan(1e-4);
  });

  test('Bradley–Terry with a tie as half a win, from the votes themselves', () => {
    const strengths = bradleyTerry(winMatrix(comparisons, 6), 0);
    expect(distance(strengths, golden.bradley_terry_ties_half.strengths)).toBeLessThan(1e-6);
    const differences = comparisons.first.map((a, p) => strengths[a]! - strengths[comparisons.second[p]!]!);
    const logLikelihood = -votes.length * comparisonLogLoss(differences, comparisons);
    expect(Math.abs(logLikelihood - golden.bradley_terry_ties_half.log_likelihood)).toBeLessThan(1e-5);
  });

  test('a prior, as choix weighs it', () => {
    const strengths = bradleyTerry(wins, 1); // choix: alpha·‖s‖², alpha = ½; not centred, but its mean is 0 to its tolerance
    const choix = golden.bradley_terry_decisive['choix_alpha_0.5_strengths'];
    const centre = choix.reduce((sum, s) => sum + s, 0) / 6;
    expect(
      distance(
        strengths,
        choix.map((s) => s - centre),
      ),
    ).toBeLessThan(1e-5);
  });

  test('Davidson and Rao–Kupper', () => {
    const ofDavidson = davidson(wins, ties);
    expect(distance(ofDavidson.strengths, golden.davidson.strengths)).toBeLessThan(1e-6);
    expect(Math.abs(ofDavidson.tie - golden.davidson.nu)).toBeLessThan(1e-6);
    expect(Math.abs(ofDavidson.logLikelihood - golden.davidson.log_likelihood)).toBeLessThan(1e-5);
    const ofRaoKupper = raoKupper(wins, ties);
    expect(distance(ofRaoKupper.strengths, golden.rao_kupper.strengths)).toBeLessThan(1e-6);
    expect(Math.abs(ofRaoKupper.tie - golden.rao_kupper.theta)).toBeLessThan(1e-6);
    expect(Math.abs(ofRaoKupper.logLikelihood - golden.rao_kupper.log_likelihood)).toBeLessThan(1e-5);
  });

  test('Elo in the order of the votes', () => {
    for (const [base, expected] of [
      [1000, golden.elo_K32_base_1000.final],
      [1500, golden.elo_K32_base_1500.final],
    ] as const) {
      expect(distance(eloRatings(comparisons, 6, { base }), expected)).toBeLessThan(1e-5);
    }
    expect(distance(eloRatings(comparisons, 6), golden.elo_K32_base_1000.final)).toBeLessThan(1e-5);
  });
});
