// CLIP on towers small enough to compute by hand: the text's is a sum over its tokens, the image's two channels' means.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { cachedEncoder } from '../../../src/embeddings/cache.js';
import { jointFeatures } from '../../../src/embeddings/clip/joint-features.js';
import { CLIP_PIXELS } from '../../../src/embeddings/clip/preprocess.js';
import type { Encoder, ImageEncoder } from '../../../src/embeddings/encoder.js';
import { openEncoder } from '../../../src/embeddings/registry.js';
import { rowOf } from '../../../src/math/matrix.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { idOf, pixelGraph, summedGraph, vectorOf, writeFolder, writeGraph } from '../tiny-encoder.js';

const { path: folder } = temporaryFolder();
let encoder: Encoder;
let red: string;

beforeAll(async () => {
  writeFolder(folder, { 'config.json': { model_type: 'clip', pad_token_id: 0 } });
  await writeGraph(join(folder, 'onnx'), 'text_model.onnx', summedGraph('text_embeds'));
  await writeGraph(join(folder, 'onnx'), 'vision_model.onnx', pixelGraph());
  encoder = await openEncoder({ path: folder });
  red = join(folder, 'red.png');
  await plain([255, 0, 0]).png().toFile(red);
});

const plain = ([r, g, b]: number[], width = 40, height = 30) =>
  sharp({ create: { width, height, channels: 3, background: { r: r!, g: g!, b: b! } } });
const unit = (vector: number[]) => vector.map((value) => value / Math.hypot(...vector));
const near = (vector: number[]) => vector.map((value) => expect.closeTo(value, 4));

/** [mean red, mean green] as the model sees them, of length 1. */
const seen = (rgb: number[]) => unit([0, 1].map((c) => (rgb[c]! / 255 - CLIP_PIXELS.mean[c]!) / CLIP_PIXELS.std[c]!));

describe('towers', () => {
  test('texts and images become unit vectors of one width; no image is a zero row', async () => {
    const { vectors } = await encoder.embed(['a b']);
    const tokens = ['[CLS]', 'a', 'b', '[SEP]'].map((token) => vectorOf(idOf(token)));
    const sum = [0, 1].map((j) => tokens.reduce((total, token) => total + token[j]!, 0));
    expect([...vectors.data]).toEqual(near(unit(sum)));
    const jpeg = (await plain([10, 200, 30], 500, 20).jpeg().toBuffer()).toString('base64');
    const images = await encoder.images!.embed([null, red, `data:image/jpeg;base64,${jpeg}`]);
    expect([...images.present]).toEqual([0, 1, 1]);
    expect([...rowOf(images.vectors, 0)]).toEqual([0, 0]);
    expect([...rowOf(images.vectors, 1)]).toEqual(near(seen([255, 0, 0])));
    expect([...rowOf(images.vectors, 2)]).toEqual(seen([10, 200, 30]).map((value) => expect.closeTo(value, 1)));
    expect({ dim: encoder.dim, imageDim: encoder.images!.dim, id: encoder.id }).toEqual({
      dim: 2,
      imageDim: 2,
      id: 'clip',
    });
  });

  test('side by side they are text, image and a mark', async () => {
    const { vectors } = await encoder.embed(['a', 'b']);
    const images = await encoder.images!.embed([null, red]);
    const joint = jointFeatures(vectors, images);
    expect({ rows: joint.rows, cols: joint.cols }).toEqual({ rows: 2, cols: 5 });
    expect([...rowOf(joint, 0)]).toEqual([...rowOf(vectors, 0), 0, 0, 0]);
    expect([...rowOf(joint, 1)]).toEqual([...rowOf(vectors, 1), ...rowOf(images.vectors, 1), 1]);
  });

  test('more images than one run takes come back in their order', async () => {
    const many = Array.from({ length: 19 }, (_, i) => (i % 3 === 0 ? null : red));
    const { vectors, present } = await encoder.images!.embed(many);
    expect([...present]).toEqual(many.map((image) => (image === null ? 0 : 1)));
    expect(many.map((_, i) => Math.round(Math.hypot(...rowOf(vectors, i))))).toEqual([...present]);
  });

  test('through the cache a picture is embedded once, wherever its file lies', async () => {
    let embedded = 0;
    const counting = (images: ImageEncoder): ImageEncoder => ({
      ...images,
      embed: (places, ...more) => {
        embedded += places.length;
        return images.embed(places, ...more);
      },
    });
    const cached = () =>
      cachedEncoder({ ...encoder, images: counting(encoder.images!) }, join(folder, 'cache')).images!;
    const moved = join(folder, 'moved.png');
    copyFileSync(red, moved);
    const first = await cached().embed([null, red]);
    const again = await cached().embed([moved, null]);
    expect([embedded, [...again.present]]).toEqual([1, [1, 0]]);
    expect([...rowOf(again.vectors, 0)]).toEqual([...rowOf(first.vectors, 1)]);
    await expect(cached().embed(['nowhere.png'], undefined, () => 'Row 7')).rejects.toThrow('Row 7 cannot be read');
  });

  test('texts are cut at 77 tokens, the last special one kept', async () => {
    expect((await encoder.embed(['a '.repeat(75), 'a '.repeat(76)])).truncatedCount).toBe(1);
  });

  test('a stored request opens the same encoder; other pixels make another', async () => {
    expect((await openEncoder(encoder.request!)).fingerprint).toBe(encoder.fingerprint);
    const other = join(folder, 'other');
    writeFolder(other, { 'preprocessor_config.json': { image_mean: [0, 0, 0] } });
    await writeGraph(other, 'text_model.onnx', summedGraph('text_embeds'));
    await writeGraph(other, 'vision_model.onnx', pixelGraph());
    expect((await openEncoder({ path: other })).fingerprint).not.toBe(encoder.fingerprint);
  });

  test('a tower of another kind is refused with what it has', async () => {
    const other = join(folder, 'pooler');
    writeFolder(other);
    await writeGraph(other, 'text_model.onnx', summedGraph('text_embeds'));
    await writeGraph(other, 'vision_model.onnx', pixelGraph('pooler_output'));
    const opened = await openEncoder({ path: other });
    await expect(opened.images!.embed([red])).rejects.toThrow(
      'expected the input pixel_values and the output image_embeds, got pixel_values and pooler_output.',
    );
  });

  test('one smaller form of each is taken as it is called; of several none is guessed', async () => {
    const other = join(folder, 'quantized');
    writeFolder(other);
    await writeGraph(join(other, 'onnx'), 'text_model_quantized.onnx', summedGraph('text_embeds'));
    await writeGraph(join(other, 'onnx'), 'vision_model_quantized.onnx', pixelGraph());
    const opened = await openEncoder({ path: other });
    expect((await opened.embed(['a b'])).vectors).toEqual((await encoder.embed(['a b'])).vectors);
    expect(await opened.images!.embed([red])).toEqual(await encoder.images!.embed([red]));
    await writeGraph(join(other, 'onnx'), 'vision_model_fp16.onnx', pixelGraph());
    await expect(openEncoder({ path: other })).rejects.toMatchObject({
      message: `${other}: expected one model, found vision_model_fp16.onnx, vision_model_quantized.onnx.`,
      hint: 'Keep one of them, or call it vision_model.onnx.',
    });
  });

  test('missing files are named, with where to get them', async () => {
    const empty = join(folder, 'empty');
    writeFolder(empty);
    await expect(openEncoder({ model: 'clip', path: empty })).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringContaining('expected text_model.onnx or onnx/text_model.onnx, found none.'),
      hint: expect.stringContaining('Xenova/clip-vit-base-patch32'),
    });
  });
});

describe('images that cannot be read are a sentence', () => {
  const refused = async (image: string, message: string) =>
    expect(encoder.images!.embed([null, image])).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: expect.stringContaining(`Image 2 cannot be read: ${message}`),
    });
  const file = (name: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  test('what is not there', () => refused('nowhere.png', 'nowhere.png does not exist.'));

  test('what is damaged', async () => {
    const png = await plain([1, 2, 3], 300, 300).png().toBuffer();
    await refused(file('cut.png', png.subarray(0, png.length - 60)), 'it is damaged (');
  });

  test('SVG and other formats', async () => {
    await refused(
      file('bomb.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"/>'),
      'it is no PNG, JPEG, WebP, GIF or TIFF.',
    );
    await refused('data:text/plain,hello', 'it is no PNG, JPEG, WebP, GIF or TIFF.');
    await refused('ftp://somewhere/x.png', 'ftp://somewhere/x.png is no path, no data URL and no http(s) address.');
  });

  test('a file of 100 MB', async () => {
    await refused(file('big.png', Buffer.alloc(100 * 2 ** 20)), 'it has 100 MB, expected at most 32.');
  });

  test('a GIF that says it has 4 billion pixels', async () => {
    const header = Buffer.from(
      'GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;',
      'latin1',
    );
    await refused(file('bomb.gif', header), 'it has ');
  });

  test('of an animation the first picture counts', async () => {
    const frames = await Promise.all(
      [
        [255, 0, 0],
        [0, 255, 0],
      ].map((rgb) => plain(rgb).png().toBuffer()),
    );
    const animated = file(
      'moving.gif',
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
    );
    const said: string[] = [];
    const telling = await openEncoder({ path: folder }, { onWarning: (sentence) => said.push(sentence) });
    const { vectors } = await telling.images!.embed([animated]);
    expect([...vectors.data]).toEqual(near(seen([255, 0, 0])));
    expect(said).toEqual(['Image 1 is animated: of its 2 pictures the first counts.']);
  });

  test('transparency and grey become plain RGB', async () => {
    const grey = file('grey.png', await plain([200, 200, 200]).toColourspace('b-w').png().toBuffer());
    const clear = { r: 200, g: 200, b: 200, alpha: 0 };
    const transparent = sharp({ create: { width: 20, height: 20, channels: 4, background: clear } });
    const hidden = file('clear.png', await transparent.png().toBuffer());
    const { vectors } = await encoder.images!.embed([grey, hidden]);
    expect([...vectors.data]).toEqual(near([...seen([200, 200, 200]), ...seen([200, 200, 200])]));
  });

  test('an address, unless that is allowed', async () => {
    const url = 'http://pictures.test/x.png';
    await expect(encoder.images!.embed([url])).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: 'Image 1: an image at an http address is not fetched unless that is allowed.',
    });
    const bytes = await plain([255, 0, 0]).png().toBuffer();
    const open = (fetch: () => Promise<Response>) => openEncoder({ path: folder, allowRemoteImages: true }, { fetch });
    const { vectors } = await (await open(async () => new Response(new Uint8Array(bytes)))).images!.embed([url]);
    expect([...vectors.data]).toEqual(near(seen([255, 0, 0])));
    const gone = await open(async () => new Response('', { status: 404 }));
    await expect(gone.images!.embed([url])).rejects.toThrow('Image 1 cannot be read: its address gave HTTP 404.');
    const endless = await open(
      async () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(2 ** 22)) })),
    );
    await expect(endless.images!.embed([url])).rejects.toThrow('its address gave more than 33554432 bytes.');
  });
});
