// Random scoring graphs for property tests: a chain of ops in which every op of the builder can occur.
import fc from 'fast-check';
import { type GraphBuilder, graphBuilder, type ScoringGraph, type Value } from '../../src/inference/scoring-graph.js';
import type { Tensor } from '../../src/inference/tensor.js';
import { seededRandom } from '../../src/math/random.js';

export interface RandomCase {
  readonly graph: ScoringGraph;
  readonly features: Tensor;
  readonly description: string;
}

/** One step takes [batch × cols] to [batch × other cols]; `at` numbers it, so that its constants have names. */
type Step = (b: GraphBuilder, x: Value, cols: number, at: number, draw: Draw) => { value: Value; cols: number };

interface Draw {
  floats(shape: number[]): Tensor;
  int(n: number): number;
}

const STEPS: Readonly<Record<string, Step>> = {
  matMul: (b, x, cols, at, draw) => {
    const out = 1 + draw.int(9);
    return { value: b.matMul(x, b.constant(`w${at}`, draw.floats([cols, out]))), cols: out };
  },
  transposedMatMul: (b, x, cols, at, draw) => {
    const out = 1 + draw.int(9);
    return { value: b.matMul(x, b.transpose(b.constant(`w${at}`, draw.floats([out, cols])), [1, 0])), cols: out };
  },
  stackedMatMul: (b, x, cols, at, draw) => {
    // [batch × cols] → [batch × 1 × cols] · [cols × 3] → mean over the middle
    const product = b.matMul(b.unsqueeze(x, [1]), b.constant(`w${at}`, draw.floats([cols, 3])));
    return { value: b.squeeze(product, [1]), cols: 3 };
  },
  addRow: (b, x, cols, at, draw) => ({ value: b.add(x, b.constant(`r${at}`, draw.floats([cols]))), cols }),
  subColumn: (b, x, cols) => ({ value: b.sub(x, b.reduceMean(x, [1])), cols }),
  mulScalar: (b, x, cols) => ({ value: b.mul(b.scalar(0.5), x), cols }),
  l2: (b, x, cols) => ({
    value: b.div(x, b.sqrt(b.add(b.reduceSum(b.mul(x, x), [1]), b.scalar(1e-3)))),
    cols,
  }),
  neg: (b, x, cols) => ({ value: b.neg(x), cols }),
  exp: (b, x, cols) => ({ value: b.exp(b.tanh(x)), cols }),
  relu: (b, x, cols) => ({ value: b.relu(x), cols }),
  sigmoid: (b, x, cols) => ({ value: b.sigmoid(x), cols }),
  softmax: (b, x, cols) => ({ value: b.softmax(x), cols }),
  concat: (b, x, cols) => ({ value: b.concat([x, b.sigmoid(x)], 1), cols: 2 * cols }),
  topK: (b, x, cols, _at, draw) => {
    const k = 1 + draw.int(cols);
    return { value: b.topK(x, k).values, cols: k };
  },
  neighbours: (b, x, cols, at, draw) => {
    const k = 1 + draw.int(cols);
    const rows = b.gather(b.constant(`g${at}`, draw.floats([cols, 4])), b.topK(x, k).indices); // [batch × k × 4]
    return { value: b.reduceSum(rows, [1], false), cols: 4 };
  },
  nearest: (b, x, cols, at, draw) => ({
    value: b.gather(b.constant(`g${at}`, draw.floats([cols, 3])), b.argMin(x)),
    cols: 3,
  }),
  largest: (b, x, cols, at, draw) => ({
    value: b.gather(b.constant(`g${at}`, draw.floats([cols, 2])), b.argMax(x)),
    cols: 2,
  }),
};

/** Batches of 1 to 9 rows through 1 to 6 steps. Values come from a seeded generator, so that a case is its few numbers. */
export const randomCase: fc.Arbitrary<RandomCase> = fc
  .record({
    steps: fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: 6 }),
    rows: fc.integer({ min: 1, max: 9 }),
    cols: fc.integer({ min: 1, max: 20 }),
    seed: fc.nat(1_000_000),
  })
  .map(({ steps, rows, cols, seed }) => {
    const random = seededRandom(seed);
    const draw: Draw = {
      floats: (shape) => {
        const size = shape.reduce((product, n) => product * n, 1);
        return { shape, data: Float32Array.from({ length: size }, () => random.normal()) };
      },
      int: (n) => random.int(n),
    };
    const b = graphBuilder();
    let x = { value: b.input('features', ['batch', cols]), cols };
    steps.forEach((name, at) => {
      x = STEPS[name]!(b, x.value, x.cols, at, draw);
    });
    const features = draw.floats([rows, cols]);
    return { graph: b.build(x.value), features, description: `${steps.join(' → ')} on [${rows}×${cols}]` };
  });
