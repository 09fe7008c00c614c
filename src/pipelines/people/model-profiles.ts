// What the catalogue says of each model, its description embedded as queries are.
import type { Encoder } from '../../embeddings/encoder.js';
import { type FeatureSpace, featuresOf } from '../../features/feature-space.js';
import { rowOf } from '../../math/matrix.js';
import type { ModelProfile } from '../../routers/router.js';
import type { PricedModel } from '../learning/outcome-data.js';

/** [M]; undefined where the catalogue knows none of the models. */
export async function modelProfiles(
  models: readonly string[],
  catalogue: ReadonlyMap<string, PricedModel>,
  encoder: Encoder,
  space: FeatureSpace,
  signal?: AbortSignal,
): Promise<ModelProfile[] | undefined> {
  if (!models.some((model) => catalogue.has(model))) return undefined;
  const described = models.filter((model) => catalogue.get(model)?.description);
  const vectors = new Map<string, Float32Array>();
  if (described.length > 0) {
    const texts = described.map((model) => catalogue.get(model)!.description!);
    const embedded = (await encoder.embed(texts, signal)).vectors;
    const features = featuresOf(
      space,
      embedded,
      texts.map(() => null),
    );
    described.forEach((model, i) => {
      vectors.set(model, rowOf(features, i).slice());
    });
  }
  return models.map((model) => {
    const entry = catalogue.get(model);
    return {
      description: vectors.get(model) ?? null,
      inputPrice: entry?.inputPrice ?? null,
      outputPrice: entry?.outputPrice ?? null,
      size: billions(entry?.size ?? null),
      contextWindow: entry?.contextWindow ?? null,
      capabilities: entry?.capabilities ?? {},
      modalities: entry?.modalities ?? [],
    };
  });
}

/** "70B" = 70, "560M" = 0.56, "8x7B" = 56; null for anything else. */
export function billions(size: string | null): number | null {
  const found = /^\s*(?:(\d+)\s*x\s*)?(\d+(?:\.\d+)?)\s*([BMT])\b/i.exec(size ?? '');
  if (!found) return null;
  const unit = { B: 1, M: 1e-3, T: 1e3 }[found[3]!.toUpperCase() as 'B' | 'M' | 'T'];
  return Number(found[1] ?? 1) * Number(found[2]) * unit;
}
