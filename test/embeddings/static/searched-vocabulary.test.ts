// Searching the bytes of tokenizer.json gives what parsing them gives.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bundledFile } from '../../../src/data/bundled.js';
import { splitTokenizer } from '../../../src/embeddings/static/searched-vocabulary.js';
import { seededRandom } from '../../../src/math/random.js';

const bytes = readFileSync(bundledFile('static-encoder/tokenizer.json'));
const parsed = JSON.parse(bytes.toString('utf8'));
const vocab = new Map<string, number>(Object.entries(parsed.model.vocab));

const tokenizerText = (entries: Record<string, number>, model: object = { type: 'WordPiece' }, space?: number) =>
  JSON.stringify({ version: '1.0', model: { ...model, vocab: entries }, decoder: null }, null, space);
const split = (text: string) => splitTokenizer(Buffer.from(text));

describe('splitTokenizer', () => {
  test('gives everything but the entries', () => {
    expect(splitTokenizer(bytes)!.config).toEqual({ ...parsed, model: { ...parsed.model, vocab: {} } });
  });

  test('finds what the map has, before and after it gives up searching, and nothing else', () => {
    const odd = ['"', '\\', '}', '{', ',', ':', '##s', '[UNK]', 'é', '中'].filter((token) => vocab.has(token));
    const tokens = [...odd, ...seededRandom(1).shuffle(vocab.keys()).slice(0, 600)];
    const { vocabulary } = splitTokenizer(bytes)!;
    expect(odd.length).toBeGreaterThan(7);
    for (const token of tokens) {
      expect([token, vocabulary.get(token)]).toEqual([token, vocab.get(token)]);
      expect([token, vocabulary.has(`${token}\u0001`)]).toEqual([token, false]);
    }
  });

  test('is not misled by quotes, braces and digits inside tokens', () => {
    const entries = { 'a"b': 1, '"b': 2, '1}x': 3, '\\': 4, ',"c': 5, 'd":6,"e': 7, '\\"': 8 };
    const { vocabulary } = split(tokenizerText({ ...entries, z: 9 }))!;
    const asked = [...Object.keys(entries), 'b', 'c', 'd', 'e', 'x', '', 'z', '"'];
    const answers = asked.map((token) => vocabulary.get(token));
    expect(answers).toEqual([1, 2, 3, 4, 5, 7, 8, ...Array(6).fill(undefined), 9, undefined]);
  });

  test.each([
    ['spaces between the entries', tokenizerText({ a: 0, b: 1 }, undefined, 2)],
    ['\\u escapes', tokenizerText({ a: 0 }).replace('"a"', '"\\u0061"')],
    ['another model', tokenizerText({ a: 0 }, { type: 'BPE' })],
    ['entries that end where no entries end', tokenizerText({ '1}}': 0, b: 1 })],
    ['a cut-off file', tokenizerText({ a: 0, b: 1 }).slice(0, 40)],
    ['no entries', '{"model":{"type":"WordPiece"}}'],
    ['an empty file', ''],
  ])('leaves a file with %s to the parser', (_, text) => {
    expect(split(text)).toBeUndefined();
  });
});
