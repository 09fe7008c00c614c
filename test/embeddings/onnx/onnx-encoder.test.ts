// The ONNX encoder on graphs small enough to compute by hand: letter tokens, vector of token id = [id, id²].
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EncoderRequest } from '../../../src/embeddings/encoder-request.js';
import { openEncoder } from '../../../src/embeddings/registry.js';
import { FLOAT, INT64 } from '../../../src/inference/onnx/onnx-schema.js';
import { rowOf } from '../../../src/math/matrix.js';
import { temporaryFolder } from '../../temporary-folder.js';
import {
  echoGraph,
  FLOAT16,
  INT32_TYPE,
  idOf,
  summedGraph,
  TEXT_PORTS,
  type TinyGraph,
  tableGraph,
  tokenizerJson,
  vectorOf,
  writeFolder,
  writeGraph,
} from '../tiny-encoder.js';

const { path: root } = temporaryFolder();
let folders = 0;

async function folderOf(graph: TinyGraph = tableGraph(), files: Record<string, unknown> = {}, name = 'model.onnx') {
  const folder = join(root, `encoder-${folders++}`);
  writeFolder(folder, files);
  await writeGraph(name.startsWith('onnx/') ? join(folder, 'onnx') : folder, name.replace('onnx/', ''), graph);
  return folder;
}

const mean = { pooling: 'mean', normalise: false } as const;

async function vectors(path: string, texts: string[], request: EncoderRequest = mean) {
  const { vectors: found } = await (await openEncoder({ path, ...request })).embed(texts);
  return texts.map((_, i) => [...rowOf(found, i)].map((value) => Math.round(value * 1e4) / 1e4));
}

const CLS = vectorOf(idOf('[CLS]'));
const SEP = vectorOf(idOf('[SEP]'));
const of = (letters: string) => [CLS, ...[...letters].map((letter) => vectorOf(idOf(letter))), SEP];
const meanOf = (tokens: number[][]) =>
  [0, 1].map((j) => Math.round((tokens.reduce((sum, token) => sum + token[j]!, 0) / tokens.length) * 1e4) / 1e4);
const unit = (vector: number[]) => vector.map((value) => Math.round((value / Math.hypot(...vector)) * 1e4) / 1e4);

describe('pooling', async () => {
  const path = await folderOf();
  test.each(['left', 'right'] as const)('takes the tokens of the text alone, filled up on the %s', async (padding) => {
    const texts = ['a b c', 'z', ''];
    const tokens = [of('abc'), of('z'), of('')];
    const pooledBy = (pooling: 'mean' | 'cls' | 'last' | 'max') =>
      vectors(path, texts, { pooling, padding, normalise: false });
    expect(await pooledBy('mean')).toEqual(tokens.map(meanOf));
    expect(await pooledBy('cls')).toEqual(tokens.map(() => CLS));
    expect(await pooledBy('last')).toEqual(tokens.map(() => SEP));
    expect(await pooledBy('max')).toEqual(
      tokens.map((all) => [0, 1].map((j) => Math.max(...all.map((one) => one[j]!)))),
    );
  });

  test('vectors have length 1 unless that is switched off', async () => {
    expect(await vectors(path, ['a b'], { pooling: 'mean' })).toEqual([unit(meanOf(of('ab')))]);
  });

  test('comes from 1_Pooling/config.json', async () => {
    const files = { '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false } };
    expect(await vectors(await folderOf(tableGraph(), files), ['a b'], { normalise: false })).toEqual([CLS]);
  });

  test('is never done again where the graph pools itself', async () => {
    const graph = await folderOf(summedGraph('sentence_embedding'), {
      'modules.json': [{ type: 'a.b.Dense', path: '2' }],
    });
    const sum = (tokens: number[][]) => [0, 1].map((j) => tokens.reduce((total, token) => total + token[j]!, 0));
    expect(await vectors(graph, ['a b', 'c'], { normalise: false })).toEqual([sum(of('ab')), sum(of('c'))]);
  });

  const refused: [what: string, files: Record<string, unknown>, message: string][] = [
    ['nobody says how', {}, 'how token vectors become one vector a text is not said anywhere.'],
    [
      'two kinds at once',
      { '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true } },
      'the pooling pooling_mode_cls_token with pooling_mode_mean_tokens is not offered.',
    ],
    [
      'a kind that is not offered',
      { '1_Pooling/config.json': { pooling_mode_weightedmean_tokens: true } },
      'the pooling pooling_mode_weightedmean_tokens is not offered.',
    ],
    [
      'a Dense layer behind a graph that ends before it',
      { 'modules.json': [{ type: 'sentence_transformers.models.Dense', path: '2_Dense' }] },
      'modules.json has a Dense layer after the pooling, and the graph ends before it at last_hidden_state.',
    ],
  ];
  test.each(refused)('is refused where %s', async (_, files, message) => {
    await expect(openEncoder({ path: await folderOf(tableGraph(), files) })).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringContaining(message),
    });
  });
});

describe('inputs', () => {
  const port = (name: string, type = INT64) => ({ name, type, shape: ['batch', 'sequence'] });

  test('position_ids count the tokens of the text, from 0, on either side', async () => {
    const path = await folderOf(echoGraph('position_ids', [...TEXT_PORTS, port('position_ids')]));
    const expected = [
      [2, 2],
      [1, 1],
    ];
    expect(await vectors(path, ['a b c', 'a'], { ...mean, padding: 'left' })).toEqual(expected);
    expect(await vectors(path, ['a b c', 'a'])).toEqual(expected);
  });

  test.each(['token_type_ids', 'global_attention_mask'])('%s are zeros', async (name) => {
    expect(await vectors(await folderOf(echoGraph(name, [...TEXT_PORTS, port(name)])), ['a b'])).toEqual([[0, 0]]);
  });

  test('int32 inputs and past_key_values of length 0 are filled', async () => {
    const ports = [
      port('input_ids', INT32_TYPE),
      port('attention_mask', INT32_TYPE),
      { name: 'past_key_values.0.key', type: FLOAT, shape: ['batch', 2, 'past', 4] },
      { name: 'past_key_values.0.value', type: FLOAT16, shape: ['batch', 2, 'past', 4] },
    ];
    expect(await vectors(await folderOf(tableGraph({ ports })), ['a b'])).toEqual([meanOf(of('ab'))]);
  });

  test('others are refused by name', async () => {
    const ports = [...TEXT_PORTS, port('language_ids'), { name: 'pixel_values', type: FLOAT, shape: [1, 3, 8, 8] }];
    const opening = openEncoder({ path: await folderOf(tableGraph({ ports })), ...mean });
    await expect(opening).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringContaining(
        'its inputs language_ids (int64), pixel_values (float32) cannot be filled; its inputs are input_ids, attention_mask, language_ids, pixel_values.',
      ),
    });
  });

  test('a graph of one fixed shape gets one text a run, filled up to its length', async () => {
    const ports = ['input_ids', 'attention_mask'].map((name) => ({ name, type: INT64, shape: [1, 8] }));
    expect(await vectors(await folderOf(tableGraph({ ports })), ['a b', 'c', 'a b c d e f g h i'])).toEqual([
      meanOf(of('ab')),
      meanOf(of('c')),
      meanOf(of('abcdef')),
    ]);
  });
});

describe('models', () => {
  test('float16 values are widened', async () => {
    expect(await vectors(await folderOf(tableGraph({ type: FLOAT16 })), ['a b'])).toEqual([meanOf(of('ab'))]);
  });

  test('weights may lie in a second file, and its bytes count for the fingerprint', async () => {
    const path = await folderOf(tableGraph({ externalData: 'model.onnx_data' }));
    expect(await vectors(path, ['a b'])).toEqual([meanOf(of('ab'))]);
    const before = (await openEncoder({ path, ...mean })).fingerprint;
    writeFileSync(join(path, 'model.onnx_data'), Buffer.alloc(4 * 2 * 30));
    expect((await openEncoder({ path, ...mean })).fingerprint).not.toBe(before);
  });

  test('the one in onnx/ is found, and of several the one that is named', async () => {
    const path = await folderOf(tableGraph(), {}, 'onnx/model_quantized.onnx');
    expect(await vectors(path, ['a'])).toEqual([meanOf(of('a'))]);
    await writeGraph(path, 'other.onnx', echoGraph('attention_mask', TEXT_PORTS));
    await expect(openEncoder({ path, ...mean })).rejects.toMatchObject({
      message: expect.stringContaining('expected one model, found other.onnx, model_quantized.onnx.'),
      hint: 'Choose one: --set embedding.file=other.onnx',
    });
    expect(await vectors(path, ['a'], { ...mean, file: 'other.onnx' })).toEqual([[1, 1]]);
  });

  test('a width below the native one is for models that were trained for it', async () => {
    const path = await folderOf();
    await expect(openEncoder({ path, dim: 1, ...mean })).rejects.toThrow(/embedding\.dim: .* offers 2 alone, got 1\./);
    await expect(openEncoder({ model: 'qwen3', path, dim: 3, ...mean })).rejects.toThrow(
      'embedding.dim: qwen3 offers 32 to 2, got 3.',
    );
  });

  const broken: [what: string, files: Record<string, unknown>, message: RegExp][] = [
    ['no tokenizer', { 'tokenizer.json': undefined }, /expected the file tokenizer\.json, found none\.$/],
    ['a broken configuration', { 'config.json': '{' }, /config\.json: expected JSON, got broken text/],
  ];
  test.each(broken)('%s is a sentence', async (_, files, message) => {
    await expect(openEncoder({ path: await folderOf(tableGraph(), files), ...mean })).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringMatching(message),
    });
  });

  test('an unsupported tokenizer is a sentence', async () => {
    const json = { ...JSON.parse(tokenizerJson()), model: { type: 'Telepathy', vocab: {} } };
    const encoder = await openEncoder({ path: await folderOf(tableGraph(), { 'tokenizer.json': json }), ...mean });
    await expect(encoder.embed(['a'])).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringMatching(/tokenizer\.json: expected a tokenizer, got .*Telepathy/),
    });
  });

  test('a damaged model is a sentence', async () => {
    const path = await folderOf();
    writeFileSync(join(path, 'model.onnx'), 'not a model');
    await expect(openEncoder({ path, ...mean })).rejects.toMatchObject({
      code: 'VSR_ENGINE',
      message: expect.stringContaining('model.onnx: ONNX Runtime cannot run the model'),
    });
  });

  test('values that are no number are an error, a zero vector a warning', async () => {
    const graph = tableGraph();
    const table = Float32Array.from(graph.constants.table!.data as Float32Array);
    table.fill(Number.NaN, 2 * idOf('a'), 2 * idOf('a') + 2);
    table.fill(0, 0, 2 * idOf('a'));
    const nan = { ...graph, constants: { table: { ...graph.constants.table!, data: table } } };
    const warnings: string[] = [];
    const encoder = await openEncoder(
      { model: 'odd', path: await folderOf(nan), pooling: 'mean' },
      { onWarning: (sentence) => warnings.push(sentence) },
    );
    await expect(encoder.embed(['b', 'a'])).rejects.toThrow('the vector of "a" holds values that are no number.');
    expect([...(await encoder.embed(['', 'b'])).vectors.data.subarray(0, 2)]).toEqual([0, 0]);
    expect(warnings).toEqual(['odd: 1 of 2 texts have the zero vector, which tells nothing apart.']);
  });
});

describe('texts', async () => {
  const path = await folderOf();
  const long = 'a b c d e f g h';

  test('a prompt goes before the text, or where {text} stands', async () => {
    expect(await vectors(path, ['c'], { ...mean, prompt: 'a ' })).toEqual([meanOf(of('ac'))]);
    expect(await vectors(path, ['c'], { ...mean, prompt: 'a {text} b' })).toEqual([meanOf(of('acb'))]);
  });

  test('the prompt of the folder and that of a preset count, the request wins', async () => {
    const prompts = { prompts: { route: 'b ' }, default_prompt_name: 'route' };
    const folder = await folderOf(tableGraph(), { 'config_sentence_transformers.json': prompts });
    expect(await vectors(folder, ['c'])).toEqual([meanOf(of('bc'))]);
    expect(await vectors(folder, ['c'], { ...mean, prompt: '' })).toEqual([meanOf(of('c'))]);
    expect(await vectors(path, ['c'], { model: 'e5', normalise: false })).toEqual(
      await vectors(path, ['query: c'], { model: 'e5', prompt: '', normalise: false }),
    );
  });

  test('a long text keeps its beginning, or its beginning and end, or the mean of its pieces', async () => {
    const cut = (longText: 'head' | 'head_tail' | 'chunk_mean') =>
      vectors(path, [long, 'a'], { ...mean, maxLength: 5, longText });
    expect(await cut('head')).toEqual([meanOf(of('abc')), meanOf(of('a'))]);
    expect(await cut('head_tail')).toEqual([meanOf(of('abh')), meanOf(of('a'))]);
    // Three pieces of 5, 5 and 4 tokens with their special ones: the mean over all 14.
    expect(await cut('chunk_mean')).toEqual([meanOf([...of('abc'), ...of('def'), ...of('gh')]), meanOf(of('a'))]);
  });

  test('cut texts are counted; pieces that cover a text are no cut', async () => {
    const counted = async (longText: 'head' | 'chunk_mean') =>
      (await (await openEncoder({ path, ...mean, maxLength: 5, longText })).embed([long, 'a'])).truncatedCount;
    expect([await counted('head'), await counted('chunk_mean')]).toEqual([1, 0]);
  });

  test('a text of 10 MB is read as far as it is needed', async () => {
    const text = 'a b '.repeat(2_500_000);
    const cut = (longText: 'head' | 'head_tail') => vectors(path, [text], { ...mean, maxLength: 6, longText });
    expect(await cut('head')).toEqual([meanOf(of('abab'))]);
    expect(await cut('head_tail')).toEqual([meanOf(of('abab'))]);
  });

  test('a lone surrogate is an unknown token', async () => {
    expect(await vectors(path, ['\ud800'])).toEqual([meanOf([CLS, vectorOf(idOf('[UNK]')), SEP])]);
  });

  test('without special tokens an empty text is the zero vector', async () => {
    const folder = await folderOf(tableGraph(), { 'tokenizer.json': tokenizerJson({ bare: true }) });
    expect(await vectors(folder, ['', 'b'], { pooling: 'mean' })).toEqual([[0, 0], unit(vectorOf(idOf('b')))]);
  });

  test('texts of all lengths come back in their order', async () => {
    const texts = Array.from({ length: 50 }, (_, i) =>
      'abcdefghij'
        .slice(0, (i * 7) % 11)
        .split('')
        .join(' '),
    );
    expect(await vectors(path, texts, { ...mean, batchSize: 4 })).toEqual(
      texts.map((text) => meanOf(of(text.replaceAll(' ', '')))),
    );
  });

  test('a length beyond what the model reads is refused', async () => {
    const folder = await folderOf(tableGraph(), { 'config.json': { max_position_embeddings: 16 } });
    await expect(openEncoder({ path: folder, ...mean, maxLength: 17 })).rejects.toThrow(/reads 16 tokens, got 17\./);
    await expect(openEncoder({ path, ...mean, maxLength: 2 }).then((one) => one.embed(['a']))).rejects.toThrow(
      'embedding.max_length: 2 leaves no room beside 2 special tokens.',
    );
  });

  test('an interrupt ends the work', async () => {
    const encoder = await openEncoder({ path, ...mean });
    await expect(encoder.embed(['a'], AbortSignal.abort())).rejects.toMatchObject({ code: 'VSR_ABORTED' });
  });
});

describe('families', () => {
  test("Qwen3's texts end with their end token, where the tokenizer does not add it", async () => {
    const json = JSON.parse(tokenizerJson({ bare: true }));
    json.added_tokens.push({ ...json.added_tokens[0], id: 30, content: '<|endoftext|>' });
    const graph = tableGraph();
    const table = Float32Array.from([...graph.constants.table!.data, 30, 900]);
    const path = await folderOf(
      { ...graph, constants: { table: { shape: [31, 2], data: table } } },
      { 'tokenizer.json': json, 'config.json': { model_type: 'qwen3', hidden_size: 2 } },
    );
    expect(await vectors(path, ['a'], { pooling: 'last', normalise: false })).toEqual([[30, 900]]);
  });

  test("Longformer's batches are filled up to a multiple of its window", async () => {
    const ports = ['input_ids', 'attention_mask'].map((name) => ({ name, type: INT64, shape: ['batch', 'sequence'] }));
    const graph: TinyGraph = {
      inputs: ports,
      constants: {
        column: { shape: [1], data: BigInt64Array.of(1n) },
        width: { shape: [2], data: Float32Array.of(1, 1) },
      },
      nodes: [
        { op: 'Shape', inputs: ['input_ids'], output: 'shape' },
        { op: 'Gather', inputs: ['shape', 'column'], output: 'length' },
        { op: 'Cast', inputs: ['length'], output: 'number', attributes: { to: FLOAT } },
        { op: 'Cast', inputs: ['attention_mask'], output: 'mask', attributes: { to: FLOAT } },
        { op: 'Mul', inputs: ['mask', 'number'], output: 'filled' },
        { op: 'Unsqueeze', inputs: ['filled', 'axis'], output: 'deep' },
        { op: 'Mul', inputs: ['deep', 'width'], output: 'last_hidden_state' },
      ],
      outputs: [{ name: 'last_hidden_state', type: FLOAT, shape: ['batch', 'sequence', 2] }],
    };
    const withAxis = { ...graph, constants: { ...graph.constants, axis: { shape: [1], data: BigInt64Array.of(2n) } } };
    const config = { model_type: 'longformer', attention_window: [8, 8], max_position_embeddings: 98, pad_token_id: 1 };
    expect(await vectors(await folderOf(withAxis, { 'config.json': config }), ['a b c', 'a b c d e f g h'])).toEqual([
      [16, 16],
      [16, 16],
    ]);
  });
});

describe('identity', () => {
  test('the fingerprint depends on pooling, prompt, length and scaling, not on batches and threads', async () => {
    const path = await folderOf();
    const print = async (request: EncoderRequest) => (await openEncoder({ path, ...mean, ...request })).fingerprint;
    const [base, same, ...others] = await Promise.all([
      print({}),
      print({ batchSize: 1, threads: 1, model: 'any name' }),
      print({ pooling: 'cls' }),
      print({ prompt: 'x' }),
      print({ maxLength: 9 }),
      print({ normalise: true }),
      print({ longText: 'chunk_mean' }),
      print({ padding: 'left' }),
    ]);
    expect(same).toBe(base);
    expect(new Set([base, ...others]).size).toBe(7);
  });

  test('a stored request opens the same encoder', async () => {
    const path = await folderOf();
    const encoder = await openEncoder({ path, ...mean, maxLength: 9, threads: 1, apiKey: 'secret' });
    expect(encoder.request).toEqual({ source: 'onnx', path, ...mean, maxLength: 9 });
    expect((await openEncoder(encoder.request!)).fingerprint).toBe(encoder.fingerprint);
  });
});
