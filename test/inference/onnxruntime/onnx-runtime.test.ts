import { describe, expect, test } from 'vitest';
import { loading, onnxRuntime, onnxRuntimeStatus } from '../../../src/inference/onnxruntime/onnx-runtime.js';

describe('where ONNX Runtime does not load', () => {
  const noBinary = async () => ({ error: new Error('libonnxruntime.so.1: cannot open shared object file\nmore') });

  test('its status gives the reason on one line, whatever the error', async () => {
    expect(await onnxRuntimeStatus(noBinary)).toEqual({
      live: false,
      reason: 'libonnxruntime.so.1: cannot open shared object file',
    });
  });
  test('asking for it by name is refused with what to do', async () => {
    await expect(onnxRuntime(noBinary)).rejects.toMatchObject({
      code: 'VSR_ENGINE',
      message: 'ONNX Runtime does not load: libonnxruntime.so.1: cannot open shared object file',
      hint: expect.stringContaining('npm install onnxruntime-node'),
    });
  });
  test('a package that is not there, and one that fails as it starts, are results and not exceptions', async () => {
    const absent = await loading('no-such-package-anywhere');
    expect(absent).toEqual({ error: expect.objectContaining({ message: expect.stringContaining('no-such-package') }) });
    const failing = await loading('data:text/javascript,throw new TypeError("no binary for this machine")');
    expect(failing).toEqual({ error: new TypeError('no binary for this machine') });
  });
});
