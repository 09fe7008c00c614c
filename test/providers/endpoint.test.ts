// Where an endpoint is and what it is, from what the configuration says of it.
import { describe, expect, test } from 'vitest';
import { baseUrlOf, isFree, isLoopback, providerTypeOf, retiredHostNotice } from '../../src/providers/endpoint.js';

const named = (settings: object) => ({ name: 'e', ...settings });

describe('the base URL', () => {
  test.each([
    [{ type: 'openai' }, 'https://api.openai.com/v1'],
    [{ baseUrl: 'http://localhost:1234/v1/' }, 'http://localhost:1234/v1'],
    [
      { baseUrl: 'https://host.example/openai/v1/chat/completions', address: 'other' },
      'https://host.example/openai/v1',
    ],
    [{ address: 'api.openai.com' }, 'https://api.openai.com/v1'],
    [{ address: 'api.openai.com', port: 443 }, 'https://api.openai.com/v1'],
    [{ address: 'models.example.org', port: 8443 }, 'https://models.example.org:8443/v1'],
    [{ address: 'localhost', port: 8000 }, 'http://localhost:8000/v1'],
    [{ address: '192.168.1.7', port: 8000 }, 'http://192.168.1.7:8000/v1'],
    [{ address: 'gpu-box', port: 443 }, 'https://gpu-box/v1'],
    [{ type: 'ollama' }, 'http://localhost:11434'],
    [{ type: 'ollama', address: 'gpu-box' }, 'http://gpu-box:11434'],
    [{ type: 'ollama', baseUrl: 'http://localhost:11434/v1' }, 'http://localhost:11434'],
    [{ type: 'vllm' }, 'http://localhost:8000/v1'],
    [{ type: 'vllm', address: '10.0.0.7' }, 'http://10.0.0.7:8000/v1'],
    [{ type: 'huggingface' }, 'https://router.huggingface.co/v1'],
    [{ type: 'nvidia' }, 'https://integrate.api.nvidia.com/v1'],
    [{ type: 'openrouter' }, 'https://openrouter.ai/api/v1'],
    [{ type: 'openrouter', address: 'openrouter.ai' }, 'https://openrouter.ai/api/v1'],
    [{ baseUrl: 'https://api-inference.huggingface.co/models/x' }, 'https://router.huggingface.co/v1'],
    [{ baseUrl: 'https://user:secret@host.example/v1/?key=secret' }, 'https://host.example/v1'],
  ])('of %j is %s', (settings, url) => {
    expect(baseUrlOf(named(settings) as never)).toBe(url);
  });
  test.each([
    [{}, 'Endpoint e has neither base_url nor address.'],
    [{ baseUrl: 'localhost:8000' }, 'Endpoint e: base_url must be an http or https URL, got "localhost:8000".'],
    [{ address: 'http://localhost' }, 'Endpoint e: address must be a host name, got "http://localhost".'],
    [{ address: 'localhost' }, 'Endpoint e: localhost needs a port.'],
    [{ type: 'openai-compatible' }, 'Endpoint e has neither base_url nor address.'],
    [{ baseUrl: 'me:secret@host?key=secret' }, 'Endpoint e: base_url must be an http or https URL, got "host".'],
  ])('of %j is refused', (settings, message) => {
    expect(() => baseUrlOf(named(settings))).toThrow(expect.objectContaining({ code: 'VSR_CONFIG', message }));
  });
});

test.each([
  ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['https://gpu.example.org', 'https://gpu.example.org'],
])('OLLAMA_HOST %s is asked at %s, unless the configuration says where', (OLLAMA_HOST, url) => {
  expect(baseUrlOf(named({ type: 'ollama' }) as never, { OLLAMA_HOST })).toBe(url);
  const own = named({ type: 'ollama', baseUrl: 'http://localhost:1' });
  expect(baseUrlOf(own as never, { OLLAMA_HOST })).toBe('http://localhost:1');
});

test.each([
  [{ address: 'API.openai.com' }, 'openai'],
  [{ baseUrl: 'https://api.openai.com/v1' }, 'openai'],
  [{ baseUrl: 'https://api.openai.com.evil.example/v1' }, 'vllm'],
  [{ baseUrl: 'https://router.huggingface.co/v1' }, 'huggingface'],
  [{ baseUrl: 'https://api-inference.huggingface.co/models/x' }, 'huggingface'],
  [{ address: 'integrate.api.nvidia.com' }, 'nvidia'],
  [{ baseUrl: 'https://openrouter.ai/api/v1' }, 'openrouter'],
  [{ address: 'localhost', port: 11434 }, 'ollama'],
  [{ baseUrl: 'http://gpu-box:11434' }, 'ollama'],
  [{ address: 'localhost', port: 8000 }, 'vllm'],
  [{ type: 'recorded', address: 'api.openai.com' }, 'recorded'],
])('the type of %j is %s', (settings, type) => {
  expect(providerTypeOf(named(settings) as never)).toBe(type);
});

test("only a server of one's own costs nothing", () => {
  const free = (settings: object) => isFree(named(settings) as never);
  expect([
    free({ type: 'ollama' }),
    free({ address: 'gpu-box', port: 8000 }),
    free({ address: 'models.example.org', port: 8000 }),
    free({ type: 'openai' }),
    free({ type: 'openai-compatible', baseUrl: 'http://localhost:1/v1' }),
  ]).toEqual([true, true, false, false, false]);
});

test('a retired host is said, with where it is asked instead', () => {
  const notice = (settings: object) => retiredHostNotice(named(settings) as never);
  expect(notice({ baseUrl: 'https://api-inference.huggingface.co/models/x' })).toBe(
    'Endpoint e: api-inference.huggingface.co has been retired; https://router.huggingface.co/v1 is asked instead.',
  );
  expect(notice({ type: 'huggingface' })).toBeUndefined();
});

test('a server on this machine is known by its address', () => {
  expect(
    ['http://localhost:1/v1', 'http://127.0.0.5:1', 'http://[::1]:1', 'http://127.example.com', 'https://a.b'].map(
      isLoopback,
    ),
  ).toEqual([true, true, true, false, false]);
});
