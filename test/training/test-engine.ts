// The engine that the training tests run on: WASM, or the one that VSR_TEST_ENGINE names (native, js).
import { prepareTensorFlow } from '../../src/config/environment.js';
import { type Engine, type EngineChoice, openEngine } from '../../src/training/engine.js';

export const TEST_ENGINE = (process.env.VSR_TEST_ENGINE ?? 'wasm') as EngineChoice;

export function testEngine(): Promise<Engine> {
  prepareTensorFlow();
  return openEngine({ engine: TEST_ENGINE });
}
