// A block of queries → embeddings → features → scores, timed; nothing where the encoder does not answer.
import type { Query } from '../../data/query.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { featuresOf } from '../../features/feature-space.js';
import type { Matrix } from '../../math/matrix.js';
import type { Askers } from '../../routers/people.js';
import type { FittedRouter, Images } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import type { RoutedQuery } from '../infer.js';
import { queryImages } from '../learning/query-images.js';
import type { Trained } from '../trained/trained-router.js';
import { encoderFailed, towerFailed, withoutImages } from './without-embedding.js';

export interface ScoredBlock {
  /** [queries × D] */
  readonly features: Matrix;
  /** [queries × M] */
  readonly scores: Matrix;
  /** What the router saw of images; absent: nothing. */
  readonly images: Images | undefined;
  /** The router was trained with images. */
  readonly seesImages: boolean;
  readonly timing: RoutedQuery['timing'];
}

/**
 * @param file where the queries stand, for the places of their images
 * undefined, and a warning, where the encoder fails; what a router or an interruption throws is thrown, and
 * `VSR_DATA` for an image that cannot be read. A query whose image the tower cannot embed is scored by its text.
 */
export async function scoreBlock(
  { encoder, space }: Trained,
  router: FittedRouter,
  queries: readonly Query[],
  { askers, file }: { readonly askers: Askers | undefined; readonly file: string },
  context: PipelineContext,
): Promise<ScoredBlock | undefined> {
  const started = performance.now();
  let embeddings: Matrix;
  try {
    const texts = queries.map(({ query }) => query);
    embeddings = (await encoder.embed(texts, context.signal)).vectors;
  } catch (error) {
    if (!encoderFailed(error)) throw error;
    context.onWarning?.(unavailable(error));
    return undefined;
  }
  const sees = seesImages(router);
  const images = sees ? await imagesOrNone(encoder, queries, file, context) : undefined;
  const embedded = performance.now();
  const features = featuresOf(
    space,
    embeddings,
    queries.map(({ category }) => category),
  );
  const scores = await router.score({
    features,
    ...(images && { images }),
    ...(askers && { askers, taskNames: queries.map(({ taskName }) => taskName) }),
  });
  const scored = performance.now();
  return {
    features,
    scores,
    images,
    seesImages: sees,
    timing: { embed: (embedded - started) / queries.length, score: (scored - embedded) / queries.length },
  };
}

/** Whether it was trained with images. */
export function seesImages(router: FittedRouter): boolean {
  return router.graph().inputs.some(({ name }) => name === 'image');
}

async function imagesOrNone(
  encoder: Encoder,
  queries: readonly Query[],
  file: string,
  context: PipelineContext,
): Promise<Images | undefined> {
  try {
    return await queryImages(encoder, queries, file, context);
  } catch (error) {
    if (!towerFailed(error)) throw error;
    context.onWarning?.(withoutImages(error));
    return undefined;
  }
}

/** The sentence for an encoder that fails. */
export function unavailable({
  message,
  hint,
}: {
  readonly message: string;
  readonly hint?: string | undefined;
}): string {
  return `${message} Without an embedding the default model is chosen.${hint ? ` ${hint}` : ''}`;
}
