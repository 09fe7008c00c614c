// The mf router's scorers, losses and fits against PyTorch 1.13 (fixtures/mf): x [64×24], 8 factors, 5 models, 160 pairs.
import { describe, expect, test } from 'vitest';
import { matrix } from '../../../src/math/matrix.js';
import type { MfParams } from '../../../src/routers/mf/params.js';
import { mfLogits } from '../../../src/routers/mf/problem.js';
import { plainForm } from '../../../src/routers/mf/state.js';
import { fitLoop } from '../../../src/training/fit-loop.js';
import type { FitBatch, FitProblem, NamedTensors } from '../../../src/training/fit-problem.js';
import { type InputBatch, inputBatch } from '../../../src/training/layers.js';
import { bradleyTerry, maskedBce } from '../../../src/training/losses.js';
import type { EngineTensor } from '../../../src/training/tensorflow.js';
import { hasShared } from '../../shared-folder.js';
import { distance, goldenJson, goldenTensors, goldenWeights, transposed } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';

interface Pairs {
  query: number[];
  first: number[];
  second: number[];
  outcome: number[];
}
interface Run {
  loss: number;
  loss_before_each_step: number[];
  loss_after_50: number;
  scores_after_50_first_5_queries: number[][];
}
interface Batch extends FitBatch {
  readonly input: InputBatch;
}

const SCORERS: Record<MfParams['scorer'], string[]> = {
  bilinear: ['P', 'c', 'w', 'V', 'b'],
  bilinear_normalized: ['P', 'w', 'V'],
  plain: ['P', 'U', 'b'],
};

describe.skipIf(!hasShared)('golden mf (needs ../shared/fixtures)', async () => {
  if (!hasShared) return;
  const engine = await testEngine();
  const { tf } = engine;
  const data = goldenTensors('mf', 'data.safetensors');
  const tensors = goldenTensors('mf', 'tensors.safetensors');
  const { runs } = goldenJson<{ runs: Record<string, Run> }>('mf', 'expected.json');
  const pairs = goldenJson<Pairs>('mf', 'pairs.json');
  const x = Float32Array.from(data.x!.data);
  const columns = (name: string) => transposed(data[name]!.data, 64, 5);
  const present = Array.from(data.mask!.data).reduce((sum, value) => sum + value, 0);

  /** [5×5×64]: a comparison adds its outcome to "first beat second" and the rest to "second beat first". */
  const won = new Float32Array(5 * 5 * 64);
  pairs.query.forEach((query, i) => {
    const [first, second] = [pairs.first[i]!, pairs.second[i]!];
    won[(first * 5 + second) * 64 + query]! += pairs.outcome[i]!;
    won[(second * 5 + first) * 64 + query]! += 1 - pairs.outcome[i]!;
  });
  const lossOf = {
    bradley_terry: (z: EngineTensor) => bradleyTerry(tf, z, tf.tensor(won, [5, 5, 64]), 160),
    masked_bce: (z: EngineTensor) =>
      maskedBce(tf, z, tf.tensor(columns('quality'), [5, 64]), tf.tensor(columns('mask'), [5, 64]), present),
  };
  const input = inputBatch(tf, matrix(64, 24, x));
  /** w stands in a row: it multiplies every model's factors. */
  const initial = (names: readonly string[]) => {
    const { w, ...rest } = goldenWeights(data, names);
    return w ? { ...rest, w: { shape: [1, 8], data: w.data } } : rest;
  };

  for (const [scorer, names] of Object.entries(SCORERS) as [MfParams['scorer'], string[]][]) {
    const parameters = initial(names);
    const scores = (p: NamedTensors) => mfLogits(tf, p, input, scorer);
    const upload = () => Object.entries(parameters).map(([, w]) => tf.tensor(w.data, [...w.shape]));
    const named = (values: readonly EngineTensor[]): NamedTensors =>
      Object.fromEntries(Object.keys(parameters).map((name, i) => [name, values[i]!]));

    test(`${scorer}: scores`, () => {
      const z = scores(named(upload())).dataSync();
      expect(distance(z, transposed(tensors[`${scorer}/scores/f64`]!.data, 64, 5))).toBeLessThan(2e-6);
    });

    test(`${scorer}: the plain form gives the same scores`, () => {
      const { factors, bias } = plainForm(parameters, scorer);
      const query = tf.matMul(tf.tensor(parameters.P!.data, [8, 24]), tf.transpose(input.rows));
      const z = tf.add(tf.matMul(tf.tensor(factors, [5, 8]), query), tf.tensor(bias, [5, 1]));
      expect(distance(z.dataSync(), transposed(tensors[`${scorer}/scores/f64`]!.data, 64, 5))).toBeLessThan(2e-6);
    });

    for (const loss of ['bradley_terry', 'masked_bce'] as const) {
      const key = `${scorer}/${loss}/f64`;
      test(`${scorer}, ${loss}: loss and gradients`, () => {
        const { value, grads } = tf.valueAndGrads((...values: EngineTensor[]) => lossOf[loss](scores(named(values))))(
          upload(),
        );
        expect(Math.abs(value.dataSync()[0]! - runs[key]!.loss)).toBeLessThan(1e-6);
        Object.keys(parameters).forEach((name, i) => {
          const off = distance(grads[i]!.dataSync(), tensors[`${key}/grad/${name}`]!.data);
          expect([name, off < 1e-6]).toEqual([name, true]);
        });
      });

      test(`${scorer}, ${loss}: 1, 10 and 50 Adam steps through the fit loop`, async () => {
        const problem: FitProblem<Batch> = {
          name: 'mf',
          parameters,
          rows: Int32Array.from({ length: 64 }, (_, i) => i),
          validationRows: new Int32Array(),
          batch: () => ({ input: inputBatch(tf, matrix(64, 24, x)), weight: 1 }),
          loss: (step) => lossOf[loss](mfLogits(tf, step.parameters, step.batch.input, scorer)),
        };
        for (const [epochs, tolerance] of [
          [1, 1e-5],
          [10, 1e-5],
          [50, 1e-4],
        ] as const) {
          const losses: number[] = [];
          const settings = { seed: 1, epochs, batchSize: 64, learningRate: 1e-2, patience: 50 };
          const fitted = await fitLoop(engine, problem, settings, {
            onProgress: (progress) => losses.push(progress.loss),
          });
          expect(distance(losses, runs[key]!.loss_before_each_step.slice(0, epochs))).toBeLessThan(1e-5);
          for (const [name, { data: values }] of Object.entries(fitted.parameters)) {
            // Under bradley_terry biases that all move together change nothing: their gradient sums to 0.
            const off = distance(values, tensors[`${key}/after_${epochs}/${name}`]!.data);
            expect([epochs, name, off < tolerance]).toEqual([epochs, name, true]);
          }
        }
      });
    }
  }
});
