import { afterEach, expect, test } from 'vitest';
import { prepareTensorFlow } from '../../src/config/environment.js';

const NAMES = ['TF_CPP_MIN_LOG_LEVEL', 'TF_NUM_INTRAOP_THREADS'];
const before = NAMES.map((name) => process.env[name]);
afterEach(() => {
  NAMES.forEach((name, i) => {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  });
});

test('TensorFlow is told to be quiet and to use one thread a product, unless the user said otherwise', () => {
  delete process.env.TF_CPP_MIN_LOG_LEVEL;
  process.env.TF_NUM_INTRAOP_THREADS = '4';
  prepareTensorFlow();
  expect(NAMES.map((name) => process.env[name])).toEqual(['2', '4']);
});
