// A router's scoring graph as files for other software: <router>.onnx and <router>_saved_model/.
import { graphToOnnx } from '../../inference/onnx/write-onnx.js';
import { graphToSavedModel } from '../../inference/saved-model/write-saved-model.js';
import type { FittedRouter } from '../../routers/router.js';
import { VERSION } from '../version.js';

export type ExportFormat = 'onnx' | 'saved-model';

/** Contents by name; a name that ends in / is an empty folder. Throws `VSR_GRAPH`. */
export async function exportFiles(
  router: FittedRouter,
  formats: readonly ExportFormat[],
  encoderFingerprint: string,
): Promise<Record<string, string | Uint8Array>> {
  const metadata = { models: router.models, encoderFingerprint, producerVersion: VERSION };
  const files: Record<string, string | Uint8Array> = {};
  if (formats.includes('onnx')) files[`${router.name}.onnx`] = await graphToOnnx(router.graph(), metadata);
  if (formats.includes('saved-model')) {
    files[`${router.name}_saved_model/variables/`] = '';
    files[`${router.name}_saved_model/saved_model.pb`] = await graphToSavedModel(router.graph(), metadata);
  }
  return files;
}
