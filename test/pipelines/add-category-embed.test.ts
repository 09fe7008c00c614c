// add-category and embed on small files: what is written, what is kept, and that an interrupted run goes on.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readNpy } from '../../src/data/npy.js';
import { readSafetensors } from '../../src/data/safetensors.js';
import { openEncoder } from '../../src/embeddings/registry.js';
import { addCategory } from '../../src/pipelines/add-category.js';
import { embed } from '../../src/pipelines/embed.js';
import { pixelGraph, summedGraph, writeFolder, writeGraph } from '../embeddings/tiny-encoder.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines } from './toy-project.js';

const folder = temporaryFolder();
const ROWS = [
  { id: 'a', query: 'What is the integral of x?', own: [1] },
  { id: 'bb', query: 'Sort an array in python' },
  { id: 'c', query: 'Anything', category: 'law' },
  { id: 'd', query: 'zzz' },
];
const input = folder.write('queries.jsonl', jsonLines(ROWS));

test('keywords: order and keys stay, a row without a match keeps no category, and torn work is done again', async () => {
  const output = join(folder.path, 'categorised.jsonl');
  const first = JSON.stringify({ ...ROWS[0], category: 'history', category_confidence: 0.5 });
  writeFileSync(`${output}.partial`, `${first}\n{"id":"bb","que`);
  const config = await configIn(folder.path, {
    'add_category.method': 'keyword',
    'add_category.input': input,
    'add_category.output': output,
  });
  expect(await addCategory(config, {})).toEqual({ output, rows: 4, kept: 1, added: 1, failed: 1, resumed: 1 });
  expect(readFileSync(output, 'utf8')).toBe(
    `${first}\n${jsonLines([{ ...ROWS[1], category: 'computer science', category_confidence: 1 }, ROWS[2], ROWS[3]])}`,
  );
  expect(existsSync(`${output}.partial`)).toBe(false);
});

test('embed: the same vectors as .npy and, with the ids, as .safetensors', async () => {
  const [npy, tensors] = ['v.npy', 'v.safetensors'].map((name) => join(folder.path, name)) as [string, string];
  for (const output of [npy, tensors]) {
    const config = await configIn(folder.path, { 'embed.input': input, 'embed.output': output });
    expect(await embed(config, {})).toMatchObject({ output, encoder: 'static', rows: 4 });
  }
  const { vectors } = await (await openEncoder({ model: 'static' })).embed(ROWS.map(({ query }) => query));
  const shape = [vectors.rows, vectors.cols];
  expect(readNpy(readFileSync(npy), npy)).toEqual({ shape, data: vectors.data });
  const { embeddings, ids } = readSafetensors(readFileSync(tensors), tensors).tensors;
  expect(embeddings).toEqual({ shape, data: vectors.data });
  expect({ shape: ids!.shape, text: Buffer.from(ids!.data as Uint8Array).toString() }).toEqual({
    shape: [4, 2],
    text: 'a\0bbc\0d\0',
  });
});

test('embed: of an encoder that sees, text and image side by side, and whether there is an image', async () => {
  const clip = join(folder.path, 'clip');
  writeFolder(clip, { 'config.json': { model_type: 'clip', pad_token_id: 0 } });
  await writeGraph(clip, 'text_model.onnx', summedGraph('text_embeds'));
  await writeGraph(clip, 'vision_model.onnx', pixelGraph());
  const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 250, g: 20, b: 20 } } });
  await picture.png().toFile(join(folder.path, 'red.png'));
  const rows = [{ query: 'ab' }, { query: 'ab', images: ['red.png'] }];
  const output = join(folder.path, 'joint.npy');
  const config = await configIn(folder.path, {
    'embed.input': folder.write('pictures.jsonl', jsonLines(rows)),
    'embed.output': output,
    'embedding.path': clip,
  });
  expect(await embed(config, {})).toMatchObject({ rows: 2, dim: 2 + 2 + 1 });
  const { shape, data } = readNpy(readFileSync(output), output);
  const values = Array.from(data as Float32Array);
  const [without, withImage] = [values.slice(0, 5), values.slice(5)] as [number[], number[]];
  expect(shape).toEqual([2, 5]);
  expect(without.slice(2)).toEqual([0, 0, 0]);
  expect(withImage.slice(0, 2)).toEqual(without.slice(0, 2));
  const opened = await openEncoder({ path: clip });
  const { vectors } = await opened.images!.embed([join(folder.path, 'red.png')]);
  expect(withImage.slice(2)).toEqual([...vectors.data, 1]);

  const notices: string[] = [];
  await embed(
    { ...config, embedding: { ...config.embedding, path: undefined } },
    { onNotice: (one) => void notices.push(one) },
  );
  expect(notices).toEqual([expect.stringContaining('1 of 2 queries carry images, and static reads texts alone')]);
});
