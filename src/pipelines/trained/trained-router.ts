// Opens what `train` wrote: the artifact, its encoder, one of its routers, each checked against the others.
import { type ArtifactDirectory, openArtifactDirectory } from '../../artifacts/artifact-directory.js';
import { readRouterFile } from '../../artifacts/router-file.js';
import type { VsrConfig } from '../../config/schema.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { FeatureSpace } from '../../features/feature-space.js';
import { loadRouter } from '../../routers/registry.js';
import type { FittedRouter, RouterState } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import { openStoredEncoder } from '../learning/open-encoder.js';
import { readFeatureSpace, readFeatureTensors } from './feature-files.js';

export interface Trained {
  readonly artifact: ArtifactDirectory;
  readonly encoder: Encoder;
  /** What the routers see of an embedding and a category. */
  readonly space: FeatureSpace;
}

/**
 * `embedding` may say where the encoder stands now, and with which key it is asked.
 * Throws `VSR_ARTIFACT` for a missing or damaged artifact, or one made with another encoder than the one that stands here.
 */
export async function openTrained(
  directory: string,
  embedding?: VsrConfig['embedding'],
  context: PipelineContext = {},
): Promise<Trained> {
  const artifact = openArtifactDirectory(directory);
  const { embedder } = artifact.manifest;
  let read: ReturnType<typeof readFeatureTensors> | undefined;
  const tensors = () => {
    read ??= readFeatureTensors(artifact);
    return read;
  };
  const encoder = await openStoredEncoder(embedder, tensors, embedding, context);
  if (encoder.fingerprint !== embedder.fingerprint || encoder.dim !== embedder.dim) {
    throw new VsrError(
      'VSR_ARTIFACT',
      `${directory} was trained with another encoder: expected ${embedder.id} ${embedder.fingerprint} (${embedder.dim} wide), here is ${encoder.id} ${encoder.fingerprint} (${encoder.dim} wide).`,
      { hint: 'Train again with this encoder, or bring back the old one.' },
    );
  }
  return { artifact, encoder, space: readFeatureSpace(artifact, tensors) };
}

/** Throws `VSR_ROUTER_UNKNOWN` if the artifact has no such router, `VSR_ARTIFACT` if its files are damaged. */
export async function openRouter({ artifact }: Pick<Trained, 'artifact'>, name: string): Promise<FittedRouter> {
  const { manifest } = artifact;
  const entry = manifest.routers[name];
  if (!entry) {
    const known = Object.keys(manifest.routers);
    const near = nearestName(name, known);
    throw new VsrError(
      'VSR_ROUTER_UNKNOWN',
      `${artifact.path} holds no router "${name}"; it holds ${known.join(', ')}.`,
      {
        hint: near ? `Did you mean ${near}?` : `Train it: vsr train --router ${name}.`,
      },
    );
  }
  const router = await loadRouter(name);
  const { params, state } = readRouterFile(artifact, name);
  return router.restore({
    models: manifest.models,
    featureDim: manifest.features.dim,
    params,
    state: state as RouterState,
  });
}
