// A block of queries → embeddings → features → scores, timed; nothing where the encoder does not answer.
import type { Query } from '../../data/query.js';
import { featuresOf } from '../../features/feature-space.js';
import type { Matrix } from '../../math/matrix.js';
import type { Askers } from '../../routers/people.js';
import type { FittedRouter } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import type { RoutedQuery } from '../infer.js';
import type { Trained } from '../trained/trained-router.js';
import { encoderFailed } from './without-embedding.js';

export interface ScoredBlock {
  /** [queries × D] */
  readonly features: Matrix;
  /** [queries × M] */
  readonly scores: Matrix;
  readonly timing: RoutedQuery['timing'];
}

/** undefined, and a warning, where the encoder fails; what a router or an interruption throws is thrown. */
export async function scoreBlock(
  { encoder, space }: Trained,
  router: FittedRouter,
  queries: readonly Query[],
  askers: Askers | undefined,
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
  const embedded = performance.now();
  const features = featuresOf(
    space,
    embeddings,
    queries.map(({ category }) => category),
  );
  const scores = await router.score({
    features,
    ...(askers && { askers, taskNames: queries.map(({ taskName }) => taskName) }),
  });
  const scored = performance.now();
  return {
    features,
    scores,
    timing: { embed: (embedded - started) / queries.length, score: (scored - embedded) / queries.length },
  };
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
