import { expect, test } from 'vitest';
import { graphBuilder } from '../../src/inference/scoring-graph.js';
import { engineChooser } from '../../src/routers/engine-chooser.js';

/** A graph that multiplies every row with 1000 × 1000 numbers. */
function graph() {
  const builder = graphBuilder();
  const weights = builder.constant('weights', { shape: [1000, 1000], data: new Float32Array(1_000_000) });
  return builder.build(builder.matMul(builder.input('features', ['batch', 1000]), weights));
}

test('one row after the other stays in plain arrays until their work has paid for ONNX Runtime', () => {
  const choose = engineChooser(graph);
  const choices = Array.from({ length: 52 }, () => choose(1));
  expect(choices).toEqual([...new Array(50).fill('plain'), 'auto', 'auto']);
});

test('a large batch goes to ONNX Runtime at once, and what follows it too', () => {
  const choose = engineChooser(graph);
  expect([choose(51), choose(1)]).toEqual(['auto', 'auto']);
});
