// CLIP: a text tower and an image tower whose vectors lie in one space (Radford et al. 2021).
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readJsonFile } from '../../data/open-file.js';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { type ModelSession, openModelSession } from '../../inference/onnxruntime/model-session.js';
import { matrix } from '../../math/matrix.js';
import type { Encoder, ImageEncoder } from '../encoder.js';
import type { EncoderRequest } from '../encoder-request.js';
import { fingerprintOf } from '../fingerprint.js';
import { hashModel, modelFile } from '../onnx/model-folder.js';
import { openOnnxEncoder } from '../onnx/onnx-encoder.js';
import { filesToFetch, PRESETS } from '../presets.js';
import type { EncoderTools } from '../registry.js';
import { storedRequest } from '../stored-request.js';
import { scaleToUnit } from '../unit-length.js';
import { type PixelSettings, pixelSettings, pixelValues } from './preprocess.js';
import { decodeImage, imageBytes, isAddress } from './read-image.js';

/** Images in one run. */
const BATCH = 8;

/**
 * Opens the folder `path` with text_model.onnx and vision_model.onnx (or both in its onnx/). `dim` is the text's width, which
 * is the image's too. The image tower is opened with the first image.
 * Throws VSR_ENCODER for a folder that cannot be used, VSR_ENGINE where ONNX Runtime refuses.
 */
export async function openClipEncoder(request: EncoderRequest, tools: EncoderTools = {}): Promise<Encoder> {
  const path = resolve(request.path ?? '.');
  const fetch = filesToFetch('clip');
  const textFile = modelFile(path, undefined, fetch, 'text_model.onnx');
  const visionFile = modelFile(path, undefined, fetch, 'vision_model.onnx');
  const pixelFile = join(path, 'preprocessor_config.json');
  const pixelConfig = existsSync(pixelFile) ? await readJsonFile(pixelFile) : {};
  const pixels = pixelSettings(pixelConfig as Record<string, unknown>, pixelFile);
  const { maxLength } = PRESETS.clip!;
  const [text, vision] = await Promise.all([
    openOnnxEncoder({ ...request, path, file: textFile.slice(path.length + 1), maxLength }, tools),
    hashModel(visionFile),
  ]);
  return {
    id: request.model ?? 'clip',
    dim: text.dim,
    fingerprint: fingerprintOf({ id: 'clip', text: text.fingerprint, vision, pixels }),
    request: storedRequest({ ...request, source: 'clip', path }),
    embed: text.embed,
    selfTest: text.selfTest!,
    images: imageTower(visionFile, text.dim, pixels, request, tools),
  };
}

function imageTower(
  file: string,
  dim: number,
  pixels: PixelSettings,
  request: EncoderRequest,
  tools: EncoderTools,
): ImageEncoder {
  let opening: Promise<ModelSession> | undefined;
  const open = async () => {
    const session = await openModelSession(file, { threads: request.threads });
    const [input, ...others] = session.inputs;
    if (input?.name === 'pixel_values' && others.length === 0 && session.outputs.some(({ name }) => name === OUTPUT))
      return session;
    const names = (ports: ModelSession['inputs']) => ports.map(({ name }) => name).join(', ');
    throw new VsrError(
      'VSR_ENCODER',
      `${file}: expected the input pixel_values and the output ${OUTPUT}, got ${names(session.inputs)} and ${names(session.outputs)}.`,
      { hint: 'Use an export of the image tower with its projection.' },
    );
  };
  return {
    dim,
    digest: async (image, where, signal) => {
      if (isAddress(image)) return null;
      const bytes = await imageBytes(image, where, { ...tools, allowRemote: false, signal });
      return createHash('sha256').update(bytes).digest();
    },
    embed: async (images, signal, nameOf = (position) => `Image ${position + 1}`) => {
      const rows = images.flatMap((image, row) => (image === null ? [] : [row]));
      const vectors = matrix(images.length, dim);
      const access = { ...tools, allowRemote: request.allowRemoteImages ?? false, signal };
      for (let start = 0; start < rows.length; start += BATCH) {
        throwIfAborted(signal);
        const batch = rows.slice(start, start + BATCH);
        const decoded = [];
        for (const row of batch) {
          const where = nameOf(row);
          const image = await decodeImage(await imageBytes(images[row]!, where, access), where, tools.onWarning);
          decoded.push(await pixelValues(image, pixels));
        }
        opening ??= open();
        const found = await run(await opening, decoded, pixels.crop);
        batch.forEach((row, i) => {
          const vector = found.subarray(i * (found.length / batch.length), (i + 1) * (found.length / batch.length));
          vectors.data.set(checked(vector, dim, file), row * dim);
        });
      }
      return { vectors, present: Uint8Array.from(images, (image) => (image === null ? 0 : 1)) };
    },
  };
}

const OUTPUT = 'image_embeds';

async function run(session: ModelSession, images: readonly Float32Array[], side: number): Promise<Float32Array> {
  const data = new Float32Array(images.length * 3 * side * side);
  images.forEach((image, i) => {
    data.set(image, i * image.length);
  });
  const { data: found } = await session.run({ pixel_values: { shape: [images.length, 3, side, side], data } }, OUTPUT);
  return found;
}

function checked(vector: Float32Array, dim: number, file: string): Float32Array {
  if (vector.length !== dim) {
    throw new VsrError('VSR_ENCODER', `${file} gives ${vector.length} values, the text tower ${dim}.`, {
      hint: 'Both towers must come from one model.',
    });
  }
  if (vector.some((value) => !Number.isFinite(value)))
    throw new VsrError('VSR_ENCODER', `${file} gives values that are no number.`);
  return scaleToUnit(Float32Array.from(vector));
}
