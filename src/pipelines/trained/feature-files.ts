// features.safetensors: what the encoder and the category classifier learned.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { Manifest } from '../../artifacts/manifest.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../data/safetensors.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { CategoryClassifier } from '../../features/category-classifier.js';
import { type FeatureSpace, featureSpace } from '../../features/feature-space.js';

export const FEATURES_FILE = 'features.safetensors';
const WEIGHTS = 'category.weights';
const BIAS = 'category.bias';

/** @param learned the encoder's own tensors */
export function featureFiles(
  space: FeatureSpace,
  learned: Readonly<Record<string, StoredTensor<Float32Array>>>,
  trials?: Manifest['features']['categoryWeightTrials'],
): { features: Manifest['features']; files: Record<string, Uint8Array> } {
  const { dim, categories, weight, hard, classifier, embeddingDim } = space;
  const tensors = { ...learned };
  if (classifier) {
    tensors[WEIGHTS] = { shape: [classifier.labels.length, embeddingDim], data: classifier.weights };
    tensors[BIAS] = { shape: [classifier.labels.length], data: classifier.bias };
  }
  const entry = classifier && {
    labels: classifier.labels,
    temperature: classifier.temperature,
    accuracy: classifier.accuracy,
    rows: classifier.rows,
  };
  return {
    features: {
      dim,
      categories,
      categoryWeight: weight,
      ...(trials && { categoryWeightTrials: trials }),
      hard,
      ...(entry && { classifier: entry }),
    },
    files: Object.keys(tensors).length > 0 ? { [FEATURES_FILE]: writeSafetensors(tensors) } : {},
  };
}

/** Throws `VSR_ARTIFACT` for a damaged file. */
export function readFeatureTensors(artifact: ArtifactDirectory): Readonly<Record<string, StoredTensor>> {
  if (!artifact.has(FEATURES_FILE)) return {};
  return readSafetensors(artifact.read(FEATURES_FILE), FEATURES_FILE, 'VSR_ARTIFACT').tensors;
}

/** Throws `VSR_ARTIFACT` where manifest and tensors do not fit together. */
export function readFeatureSpace(
  { manifest }: ArtifactDirectory,
  tensors: () => Readonly<Record<string, StoredTensor>>,
): FeatureSpace {
  const { categories = [], categoryWeight = 0, hard = false, classifier, dim } = manifest.features;
  const space = featureSpace({
    embeddingDim: manifest.embedder.dim,
    categories,
    weight: categoryWeight,
    hard,
    // Without a block nobody asks it while routing.
    classifier:
      classifier && categoryWeight > 0 ? storedClassifier(classifier, tensors(), manifest.embedder.dim) : undefined,
  });
  if (space.dim === dim) return space;
  throw damaged(`features are ${dim} wide, but embedding and categories add up to ${space.dim}`);
}

/** undefined where training knew no two categories. Throws `VSR_ARTIFACT` where manifest and tensors do not fit together. */
export function readClassifier(artifact: ArtifactDirectory): CategoryClassifier | undefined {
  const { features, embedder } = artifact.manifest;
  return features.classifier && storedClassifier(features.classifier, readFeatureTensors(artifact), embedder.dim);
}

function storedClassifier(
  entry: NonNullable<Manifest['features']['classifier']>,
  tensors: Readonly<Record<string, StoredTensor>>,
  width: number,
): CategoryClassifier {
  const weights = tensors[WEIGHTS]?.data;
  const bias = tensors[BIAS]?.data;
  const K = entry.labels.length;
  if (
    !(weights instanceof Float32Array && bias instanceof Float32Array) ||
    weights.length !== K * width ||
    bias.length !== K
  ) {
    throw damaged(`${FEATURES_FILE} does not hold a classifier of ${K} categories on vectors ${width} wide`);
  }
  return { ...entry, weights, bias };
}

function damaged(what: string): VsrError {
  return new VsrError('VSR_ARTIFACT', `The artifact does not fit together: ${what}.`, { hint: 'Run vsr train again.' });
}
