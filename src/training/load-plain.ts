// TensorFlow.js's backend in plain JavaScript: correct everywhere, and 40–80 times slower than native.
import type { Engine } from './engine.js';
import { importUnion } from './import-union.js';

export async function loadPlain(): Promise<Engine> {
  const tf = await importUnion();
  await tf.setBackend('cpu');
  return {
    tf,
    name: 'js',
    version: `tfjs-backend-cpu ${tf.version['tfjs-backend-cpu']}`,
    device: 'cpu',
    copyOut: (tensor, target) => target.set(tensor.dataSync() as Float32Array),
  };
}
