// Token ids of the bundled tokenizer are those of the library itself, also where a quicker way is taken.
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { openTokenizer } from '../../src/embeddings/tokenizer.js';
import { seededRandom } from '../../src/math/random.js';

const bytes = readFileSync(new URL('../../data/static-encoder/tokenizer.json', import.meta.url));
const json = JSON.parse(bytes.toString());

test.each([
  ['as bundled', {}],
  ['with capitals', { lowercase: false }],
  ['with accents and white space as they are', { strip_accents: false, clean_text: false }],
])('every ASCII character, alone and mixed with others, %s', async (_, changed) => {
  const changedJson = { ...json, normalizer: { ...json.normalizer, ...changed } };
  const library = new Tokenizer(changedJson, {});
  const ours = await openTokenizer(Buffer.from(JSON.stringify(changedJson)), 'tokenizer.json');
  const random = seededRandom(1);
  const drawn = Array.from({ length: 200 }, (__, i) =>
    // Every third text holds what is no ASCII too.
    Array.from({ length: 30 }, () =>
      String.fromCharCode(Math.floor(random.uniform() * (i % 3 === 0 ? 400 : 128))),
    ).join(''),
  );
  const single = Array.from({ length: 128 }, (__, code) => `A${String.fromCharCode(code)}b`);
  for (const text of ['', 'What is\tthe\r\nDERIVATIVE of x^2?', 'Café 中文 [CLS] x', ...single, ...drawn]) {
    expect(ours.ids(text, { specialTokens: true }), JSON.stringify(text)).toEqual(library.encode(text).ids);
  }
});
