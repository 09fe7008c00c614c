// CLIP's preprocessing against Pillow's own pixels.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RgbImage } from '../../../src/embeddings/clip/pil-resize.js';
import { CLIP_PIXELS, croppedPixels, pixelSettings, pixelValues } from '../../../src/embeddings/clip/preprocess.js';
import { decodeImage } from '../../../src/embeddings/clip/read-image.js';

interface Golden {
  readonly sha256: string;
  readonly values: number[];
}
interface GoldenFile {
  readonly places: number[];
  readonly formula: ({ readonly width: number; readonly height: number } & Golden)[];
  readonly jpeg: { readonly base64: string } & Golden;
}
const golden: GoldenFile = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-pixels.json'), 'utf8'));

/** As in scripts/make-clip-pixels.py. */
function byFormula(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (x * 7 + y * 13 + c * 50 + Math.floor((x * y) / 3)) % 256;
  });
  return { width, height, data };
}

describe("resize and crop give Pillow's pixels", () => {
  test.each(golden.formula)('$width × $height', async ({ width, height, sha256, values }) => {
    const image = byFormula(width, height);
    const { data } = await croppedPixels(image, CLIP_PIXELS);
    expect(createHash('sha256').update(data).digest('hex')).toBe(sha256);
    const found = await pixelValues(image, CLIP_PIXELS);
    expect(golden.places.map((place) => found[place])).toEqual(values.map((value) => expect.closeTo(value, 5)));
  });

  test('a JPEG within a step or two of a pixel, for decoders may differ', async () => {
    const image = await decodeImage(Buffer.from(golden.jpeg.base64, 'base64'), 'x.jpg');
    const found = await pixelValues(image, CLIP_PIXELS);
    const step = 2 / 255 / 0.26;
    const differences = golden.places.map((place, i) => Math.abs(found[place]! - golden.jpeg.values[i]!));
    expect(Math.max(...differences)).toBeLessThan(step);
  });

  test('a line of 200,000 pixels costs no more than its window', async () => {
    const { data } = await croppedPixels(
      { width: 200_000, height: 1, data: new Uint8Array(600_000).fill(9) },
      CLIP_PIXELS,
    );
    expect(Buffer.from(data).equals(Buffer.alloc(224 * 224 * 3, 9))).toBe(true);
  });
});

describe('preprocessor_config.json', () => {
  test('what it leaves out is as in CLIP', () => {
    expect(pixelSettings({}, 'x')).toEqual(CLIP_PIXELS);
    expect(
      pixelSettings({ size: { shortest_edge: 336 }, crop_size: { height: 336, width: 336 }, resample: 3 }, 'x'),
    ).toEqual({ ...CLIP_PIXELS, shortestSide: 336, crop: 336 });
    expect(pixelSettings({ size: 256, image_mean: [0, 0, 0], image_std: [1, 1, 1] }, 'x')).toEqual({
      shortestSide: 256,
      crop: 224,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  test.each([{ resample: 2 }, { do_resize: false }, { do_center_crop: false }, { size: 100 }])(
    '%j is refused',
    (config) => {
      expect(() => pixelSettings(config, 'x')).toThrow(expect.objectContaining({ code: 'VSR_ENCODER' }));
    },
  );
});
