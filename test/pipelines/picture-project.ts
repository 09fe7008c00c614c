// 180 questions with pictures whose colour alone says which model is right, and a CLIP-like folder of two tiny towers.
import { join } from 'node:path';
import sharp from 'sharp';
import { pixelGraph, summedGraph, writeFolder, writeGraph } from '../embeddings/tiny-encoder.js';
import type { TemporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines } from './toy-project.js';

const cell = (quality: number, cost: number) => ({ quality, status: 'ok', cost });

/** A red picture wants a model that sees, a green one none; all are asked about with one sentence. */
export const ROWS = Array.from({ length: 180 }, (_, i) => {
  const kind = (['red', 'green', 'text'] as const)[i % 3]!;
  return {
    id: `${kind}-${i}`,
    query: kind === 'text' ? `k l ${'ab'.repeat(1 + (i % 20))} ${i}` : 'a b',
    ...(kind !== 'text' && { images: [`${kind}-${i}.png`] }),
    outcomes: { seeing: cell(1, 1), blind: cell(kind === 'red' ? 0 : 1, 0.1) },
  };
});

/** Writes outcomes.jsonl, the pictures and clip/. */
export async function pictureProject(project: TemporaryFolder): Promise<void> {
  const clip = join(project.path, 'clip');
  writeFolder(clip, { 'config.json': { model_type: 'clip', pad_token_id: 0 } });
  await writeGraph(clip, 'text_model.onnx', summedGraph('text_embeds'));
  await writeGraph(clip, 'vision_model.onnx', pixelGraph());
  for (const [i, { id, images }] of ROWS.entries()) {
    if (!images) continue;
    const strong = 160 + (i % 90);
    const background = id.startsWith('red') ? { r: strong, g: 20, b: 20 } : { r: 20, g: strong, b: 20 };
    await sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toFile(join(project.path, images[0]!));
  }
  project.write('outcomes.jsonl', jsonLines(ROWS));
}

export function pictureConfig(folder: string, more: Record<string, unknown> = {}) {
  return configIn(folder, {
    'train.router': ['autorouter'],
    'train.engine': 'wasm',
    'train.folds': 0,
    'train.leak_check': 'warn',
    'routers.autorouter': { hidden_layers: [16], learning_rate: 0.01 },
    'infer.router': 'autorouter',
    'infer.thresholds': { seeing: 0.5, blind: 0.5 },
    'embedding.path': join(folder, 'clip'),
    ...more,
  });
}
