// models.json: prices, unknowns and foreign spellings.
import { expect, test } from 'vitest';
import { readCatalogue } from '../../src/data/catalogue.js';
import { temporaryFolder } from '../temporary-folder.js';
import { UNKNOWN_MODEL } from './catalogue-entry.js';

const folder = temporaryFolder();
const read = (value: unknown) => readCatalogue(folder.write('models.json', JSON.stringify(value)));

test('reads every key; an absent price is unknown, not 0', async () => {
  const models = await read({
    'gpt-4': {
      size: '70B',
      input_price: 10,
      output_price: 30,
      cached_input_price: 5,
      description: 'Large.',
      context_window: 128000,
      modalities: ['text', 'image'],
      capabilities: { math: 0.8 },
      provider: 'openai',
      model: 'gpt-4-turbo',
    },
    free: { input_price: 0 },
  });
  expect([...models]).toEqual([
    [
      'gpt-4',
      {
        size: '70B',
        inputPrice: 10,
        outputPrice: 30,
        cachedInputPrice: 5,
        description: 'Large.',
        contextWindow: 128000,
        modalities: ['text', 'image'],
        capabilities: { math: 0.8 },
        provider: 'openai',
        model: 'gpt-4-turbo',
        baseUrl: null,
      },
    ],
    ['free', { ...UNKNOWN_MODEL, inputPrice: 0 }],
  ]);
});

test("reads LLMRouter's feature, service and api_endpoint", async () => {
  const models = await read({ a: { feature: 'Small.', service: 'NVIDIA', api_endpoint: 'http://localhost/v1' } });
  expect(models.get('a')).toEqual({
    ...UNKNOWN_MODEL,
    description: 'Small.',
    provider: 'NVIDIA',
    baseUrl: 'http://localhost/v1',
  });
});

test.each<[unknown, string]>([
  [{ a: { input_price: -1 } }, ': a: input_price must be a finite number that is not negative, got -1.'],
  [{ a: { output_price: '1' } }, ': a: output_price must be a finite number that is not negative, got "1".'],
  [{ a: 3 }, ': a must be an object with prices and a description, got 3.'],
  [[], ': the file must be an object with a model per key, got [].'],
  [{}, ': expected at least one model, got none.'],
  [{ a: { capabilities: [1] } }, ': a: capabilities must be an object with a number per category, got [1].'],
])('refuses %j', async (value, sentence) => {
  const path = folder.write('bad.json', JSON.stringify(value));
  await expect(readCatalogue(path)).rejects.toMatchObject({ code: 'VSR_DATA', message: `${path}${sentence}` });
});
