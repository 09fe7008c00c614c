// Keys stay out of texts in whatever form a server echoes them.
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/http/redact.js';

const SECRET = 'k3y/with+odd"chars&<more>';
const { text, reply } = createRedactor([SECRET, 'abc']);

describe('errors', () => {
  test.each([
    ['as it is', `key ${SECRET} is wrong`],
    ['in a URL', `GET /v1?x=${encodeURIComponent(SECRET)}`],
    ['in JSON', JSON.stringify({ echo: SECRET })],
    ['in HTML', `<p>${SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`],
    ['in Base64', `Basic-ish ${Buffer.from(SECRET).toString('base64')}`],
  ])('a known key %s is masked', (_, dirty) => {
    const clean = text(dirty);
    expect(clean).toContain('[key]');
    expect(clean).not.toContain('k3y');
    expect(clean).not.toContain(Buffer.from(SECRET).toString('base64'));
  });
  test.each([
    ['Incorrect API key provided: sk-abcd**********wxyz.', 'Incorrect API key provided: [key]'],
    ['{"authorization":"Bearer unknown-2-us"}', '{"authorization":"[key]"}'],
    ['https://user:pass@host/v1?api_key=zzz&x=1', 'https://[key]@host/v1?api_key=[key]&x=1'],
  ])('what looks like a key is masked: %s', (dirty, clean) => {
    expect(text(dirty)).toBe(clean);
  });
  test('a very short key is masked as a word only', () => {
    expect(text('abc abcd xabc "abc"')).toBe('[key] abcd xabc "[key]"');
  });
  test('ordinary words stay', () => {
    const sentence = 'max_tokens is too large: api-version sk-learn, a basic error of the bearer token.';
    expect(text(sentence)).toBe(sentence);
  });
});

describe('replies that are kept', () => {
  test('lose known keys and nothing else', () => {
    expect(reply(`Bearer token abc ${SECRET}`)).toBe('Bearer token abc [key]');
  });
});
