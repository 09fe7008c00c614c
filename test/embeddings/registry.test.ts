// Which encoder a request means, and what is refused before anything is opened.
import { describe, expect, test } from 'vitest';
import type { EncoderRequest } from '../../src/embeddings/encoder-request.js';
import { sourceOf } from '../../src/embeddings/encoder-source.js';
import { openEncoder } from '../../src/embeddings/registry.js';

describe('a request', () => {
  const meant: [request: EncoderRequest, source: string][] = [
    [{}, 'static'],
    [{ model: 'hash' }, 'hash'],
    [{ model: 'minilm', path: '/nowhere' }, 'onnx'],
    [{ model: 'clip', path: '/nowhere' }, 'clip'],
    [{ url: 'https://api.openai.com', model: 'x' }, 'openai'],
    [{ url: 'http://localhost:8000/v1' }, 'openai'],
    [{ url: 'http://localhost:11434' }, 'ollama'],
    [{ url: 'http://localhost:8080/embed' }, 'tei'],
    [{ url: 'https://router.huggingface.co' }, 'huggingface'],
    [{ url: 'https://integrate.api.nvidia.com/v1' }, 'nvclip'],
    [{ url: 'http://localhost:8080', source: 'tei' }, 'tei'],
  ];
  test.each(meant)('%j means %s', (request, source) => expect(sourceOf(request)).toBe(source));

  const refused: [request: EncoderRequest, message: string][] = [
    [{ model: 'bge' }, 'The encoder bge needs its files, and embedding.path names no folder.'],
    [{ path: '/nowhere/at/all' }, 'embedding.path: /nowhere/at/all does not exist.'],
    [{ model: 'hash', maxLength: 3 }, 'embedding.max_length means nothing to an encoder of the kind hash.'],
    [{ model: 'static', dim: 64 }, 'embedding.dim: static offers 128 alone, got 64.'],
  ];
  test.each(refused)('%j is refused', async (request, message) => {
    await expect(openEncoder(request)).rejects.toMatchObject({ code: 'VSR_ENCODER', message });
  });

  test('a preset without its files names the repository and what to fetch', async () => {
    await expect(openEncoder({ model: 'bge' })).rejects.toMatchObject({
      hint: expect.stringContaining('tokenizer.json, tokenizer_config.json, config.json of BAAI/bge-base-en-v1.5'),
    });
  });
});

describe('hash', () => {
  test('spreads the SHA-256 of a text over its vector, of length 1', async () => {
    const encoder = await openEncoder({ model: 'hash', dim: 2 });
    // SHA-256('') = e3 b0 c4 … 55, so b[0] = 227, b[1] = 176, b[2] = 196, b[31] = 85.
    const v = [227 / 255 + 176 / 510 - 85 / 510, 176 / 255 + 196 / 510 - 227 / 510];
    const length = Math.hypot(...v);
    expect([...(await encoder.embed([''])).vectors.data]).toEqual(v.map((value) => expect.closeTo(value / length, 6)));
    expect({ id: encoder.id, dim: encoder.dim, request: encoder.request }).toEqual({
      id: 'hash',
      dim: 2,
      request: { model: 'hash', dim: 2 },
    });
  });
});
