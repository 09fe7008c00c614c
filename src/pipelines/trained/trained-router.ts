// Opens what `train` wrote: the artifact, its encoder, one of its routers, each checked against the others.
import { type ArtifactDirectory, openArtifactDirectory } from '../../artifacts/artifact-directory.js';
import { readRouterFile } from '../../artifacts/router-file.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { openEncoder } from '../../embeddings/registry.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import { loadRouter } from '../../routers/registry.js';
import type { FittedRouter, RouterState } from '../../routers/router.js';

export interface Trained {
  readonly artifact: ArtifactDirectory;
  readonly encoder: Encoder;
}

/** Throws `VSR_ARTIFACT` for a missing or damaged artifact, or one made with another encoder than the one that stands here. */
export async function openTrained(directory: string): Promise<Trained> {
  const artifact = openArtifactDirectory(directory);
  const { embedder } = artifact.manifest;
  const encoder = await openEncoder({ model: embedder.id });
  if (encoder.fingerprint !== embedder.fingerprint || encoder.dim !== embedder.dim) {
    throw new VsrError(
      'VSR_ARTIFACT',
      `${directory} was trained with another encoder: expected ${embedder.id} ${embedder.fingerprint} (${embedder.dim} wide), here is ${encoder.id} ${encoder.fingerprint} (${encoder.dim} wide).`,
      { hint: 'Train again with this encoder, or bring back the old one.' },
    );
  }
  return { artifact, encoder };
}

/** Throws `VSR_ROUTER_UNKNOWN` if the artifact has no such router, `VSR_ARTIFACT` if its files are damaged. */
export async function openRouter({ artifact }: Trained, name: string): Promise<FittedRouter> {
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
