// Where an endpoint is and what it is, from what the configuration says of it.
import { describe, expect, test } from 'vitest';
import { baseUrlOf, isLoopback, providerTypeOf } from '../../src/providers/endpoint.js';

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
    [{ address: 'api.openai.com', port: 443 }, 'https://api.openai.com:443/v1'],
    [{ address: 'models.example.org', port: 8443 }, 'https://models.example.org:8443/v1'],
    [{ address: 'localhost', port: 8000 }, 'http://localhost:8000/v1'],
    [{ address: '192.168.1.7', port: 8000 }, 'http://192.168.1.7:8000/v1'],
    [{ address: 'gpu-box', port: 443 }, 'https://gpu-box:443/v1'],
  ])('of %j is %s', (settings, url) => {
    expect(baseUrlOf(named(settings) as never)).toBe(url);
  });
  test.each([
    [{}, 'Endpoint e has neither base_url nor address.'],
    [{ baseUrl: 'localhost:8000' }, 'Endpoint e: base_url must be an http or https URL, got "localhost:8000".'],
    [{ address: 'http://localhost' }, 'Endpoint e: address must be a host name, got "http://localhost".'],
    [{ address: 'localhost' }, 'Endpoint e: localhost needs a port.'],
  ])('of %j is refused', (settings, message) => {
    expect(() => baseUrlOf(named(settings))).toThrow(expect.objectContaining({ code: 'VSR_CONFIG', message }));
  });
});

test('the type follows the host name where none is given', () => {
  const typeOf = (settings: object) => providerTypeOf(named(settings));
  expect(typeOf({ address: 'API.openai.com' })).toBe('openai');
  expect(typeOf({ baseUrl: 'https://api.openai.com/v1' })).toBe('openai');
  expect(typeOf({ baseUrl: 'https://api.openai.com.evil.example/v1' })).toBe('openai-compatible');
  expect(typeOf({ address: 'localhost', port: 8000 })).toBe('openai-compatible');
  expect(typeOf({ type: 'recorded', address: 'api.openai.com' })).toBe('recorded');
});

test('a server on this machine is known by its address', () => {
  expect(
    ['http://localhost:1/v1', 'http://127.0.0.5:1', 'http://[::1]:1', 'http://127.example.com', 'https://a.b'].map(
      isLoopback,
    ),
  ).toEqual([true, true, true, false, false]);
});
