import { describe, expect, test } from 'vitest';
import { openEngine } from '../../src/training/engine.js';
import { engineStatus } from '../../src/training/engine-status.js';
import { explain } from '../../src/training/load-native.js';
import { restoreUtilFunctions } from '../../src/training/node-shim.js';

describe('openEngine', () => {
  test('opens the WASM backend, whose files lie in the package', async () => {
    const { tf, name, device, version } = await openEngine({ engine: 'wasm' });
    expect({ name, device, backend: tf.getBackend() }).toEqual({ name: 'wasm', device: 'cpu', backend: 'wasm' });
    expect(version).toMatch(/^tfjs-backend-wasm 4\./);
    const product = tf.matMul(tf.tensor([1, 2, 3, 4], [2, 2]), tf.tensor([5, 6, 7, 8], [2, 2]));
    expect([...product.dataSync()]).toEqual([19, 22, 43, 50]);
  });

  test('takes plain JavaScript only when it is named', async () => {
    expect((await openEngine({ engine: 'js' })).name).toBe('js');
    expect((await openEngine()).name).not.toBe('js');
  });

  test('makes the engine asked for the current one, also after another', async () => {
    await openEngine({ engine: 'js' });
    const { tf } = await openEngine({ engine: 'wasm' });
    expect(tf.getBackend()).toBe('wasm');
  });

  test('leaves the handlers of uncaught errors as they were', async () => {
    await openEngine({ engine: 'wasm' });
    const texts = ['uncaughtException', 'unhandledRejection'].flatMap((event) =>
      process.listeners(event as 'uncaughtException').map(String),
    );
    expect(
      texts.filter((text) => text.includes('ExitStatus') || /^function ?\(reason\) ?\{\s*throw/.test(text)),
    ).toEqual([]);
  });

  test('refuses cuda on an engine of the CPU', async () => {
    await expect(openEngine({ engine: 'wasm', device: 'cuda' })).rejects.toMatchObject({
      code: 'VSR_ENGINE',
      message: 'device cuda: the engine wasm runs on the CPU only.',
    });
  });

  test('with a native library that does not load, says why and what would bring it', async () => {
    const { notNative } = await engineStatus();
    if (notNative === null) {
      expect((await openEngine({ engine: 'native' })).name).toBe('native');
      return;
    }
    await expect(openEngine({ engine: 'native' })).rejects.toMatchObject({
      code: 'VSR_ENGINE',
      message: `engine native: ${notNative.why}`,
      hint: notNative.remedy,
    });
  });
});

test('engineStatus tells which engine auto opens', async () => {
  const { live, notNative } = await engineStatus();
  const { name, version, device } = await openEngine();
  expect(live).toEqual({ name, version, device });
  expect(name).toBe(notNative ? 'wasm' : 'native');
});

describe('why the native engine does not load', () => {
  const why = (message: string) => explain('@tensorflow/tfjs-node', new Error(message)).why;
  test('the package is not there', () => {
    expect(why("Cannot find package '@tensorflow/tfjs-node' imported from /x/load-native.js")).toBe(
      '@tensorflow/tfjs-node is not installed.',
    );
  });
  test('its download failed', () => {
    expect(why('The Node.js native addon module (tfjs_binding.node) can not be found at path: /x')).toBe(
      '@tensorflow/tfjs-node is installed, but its compiled part (tfjs_binding.node) is missing.',
    );
  });
  test('a library is missing', () => {
    expect(why('libtensorflow.so.2: cannot open shared object file: No such file or directory')).toBe(
      '@tensorflow/tfjs-node is installed, but a library it needs does not load: libtensorflow.so.2: cannot open shared object file: No such file or directory',
    );
  });
  test('the remedy is a command', () => {
    expect(explain('@tensorflow/tfjs-node', new Error('x')).remedy).toBe(
      'Run npm install @tensorflow/tfjs-node; where its download of TensorFlow fails, run vsr doctor --fix native.',
    );
  });
  test('anything else is quoted', () => {
    expect(why('util.isNullOrUndefined is not a function\n  at …')).toBe(
      '@tensorflow/tfjs-node does not load: util.isNullOrUndefined is not a function',
    );
  });
});

describe('restoreUtilFunctions', () => {
  test('brings back what Node 23 dropped', () => {
    const util: Record<string, unknown> = {};
    restoreUtilFunctions(util);
    const { isNullOrUndefined, isString, isArray } = util as Record<string, (value: unknown) => boolean>;
    expect([null, undefined, 0, ''].map((value) => isNullOrUndefined!(value))).toEqual([true, true, false, false]);
    expect(['', 1].map((value) => isString!(value))).toEqual([true, false]);
    expect([[], {}].map((value) => isArray!(value))).toEqual([true, false]);
  });
  test('leaves what is there', () => {
    const isString = () => false;
    const util: Record<string, unknown> = { isString };
    restoreUtilFunctions(util);
    expect(util.isString).toBe(isString);
  });
});
