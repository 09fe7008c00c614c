// CLIP's image preprocessing: shortest side to 224 (bicubic), centre crop, scaled and centred per channel.
import { VsrError } from '../../errors/vsr-error.js';
import { type RgbImage, resizeBicubic } from './pil-resize.js';

export interface PixelSettings {
  /** Shortest side after resizing. */
  readonly shortestSide: number;
  /** Side of the square that is cut out of the middle. */
  readonly crop: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export const CLIP_PIXELS: PixelSettings = {
  shortestSide: 224,
  crop: 224,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

const BICUBIC = 3;

/** From preprocessor_config.json; what it leaves out is CLIP's. Throws VSR_ENCODER for steps that are not offered. */
export function pixelSettings(config: Readonly<Record<string, unknown>>, where: string): PixelSettings {
  const { size, crop_size, image_mean, image_std, resample, do_resize, do_center_crop } = config;
  if ((resample !== undefined && resample !== BICUBIC) || do_resize === false || do_center_crop === false) {
    throw new VsrError('VSR_ENCODER', `${where}: expected a bicubic resize and a centre crop, as CLIP has them.`, {
      hint: 'Use the preprocessor_config.json of a CLIP model.',
    });
  }
  const settings = {
    shortestSide: sideOf(size, 'shortest_edge') ?? CLIP_PIXELS.shortestSide,
    crop: sideOf(crop_size, 'height') ?? CLIP_PIXELS.crop,
    mean: channels(image_mean) ?? CLIP_PIXELS.mean,
    std: channels(image_std) ?? CLIP_PIXELS.std,
  };
  if (settings.crop > settings.shortestSide) {
    throw new VsrError(
      'VSR_ENCODER',
      `${where}: crop_size ${settings.crop} is larger than size ${settings.shortestSide}.`,
    );
  }
  return settings;
}

/** The cropped 8-bit pixels. */
export function croppedPixels(image: RgbImage, { shortestSide, crop }: PixelSettings): Promise<RgbImage> {
  const { width, height } = image;
  const shortest = Math.min(width, height);
  const resized = (side: number) => (side === shortest ? shortestSide : Math.floor((shortestSide * side) / shortest));
  const [newWidth, newHeight] = [resized(width), resized(height)];
  const window = {
    left: Math.floor((newWidth - crop) / 2),
    top: Math.floor((newHeight - crop) / 2),
    width: crop,
    height: crop,
  };
  return resizeBicubic(image, newWidth, newHeight, window);
}

/** pixel_values of one image: [3 × crop × crop], (byte / 255 − mean) / std. */
export async function pixelValues(image: RgbImage, settings: PixelSettings): Promise<Float32Array> {
  const { data } = await croppedPixels(image, settings);
  const places = settings.crop * settings.crop;
  const values = new Float32Array(3 * places);
  for (let i = 0; i < places; i++) {
    for (let c = 0; c < 3; c++)
      values[c * places + i] = (data[3 * i + c]! / 255 - settings.mean[c]!) / settings.std[c]!;
  }
  return values;
}

function sideOf(value: unknown, key: string): number | undefined {
  const side = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : value;
  return typeof side === 'number' && Number.isInteger(side) && side > 0 ? side : undefined;
}

function channels(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.length === 3 && value.every((one) => typeof one === 'number')
    ? value
    : undefined;
}
