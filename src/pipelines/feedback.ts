// feedback: what a person says of an answer → one line on disk, and the next decision for that person knows it.
import { openArtifactDirectory } from '../artifacts/artifact-directory.js';
import type { VsrConfig } from '../config/schema.js';
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import { rowOf } from '../math/matrix.js';
import type { PipelineContext } from './context.js';
import { appendFeedback } from './people/feedback-file.js';
import { type AskedBefore, askedBefore } from './people/feedback-query.js';
import { textFeatures } from './people/prepare-people.js';
import { encodeVector, type StoredTurn } from './people/stored-turn.js';
import { openTrained } from './trained/trained-router.js';

export interface FeedbackResult {
  readonly userId: string;
  readonly query: string;
  readonly models: readonly string[];
  /** In [−1, 1]. */
  readonly ratings: readonly number[];
}

/** Where no scale is declared, ratings are stars. */
const STARS: readonly [number, number] = [1, 5];
/** Feedback is later than all that training knew, and counts in the order of its lines. */
export const AFTER_TRAINING = -1;

/**
 * Returns once the turn is on disk. Throws `VSR_USAGE` for what is missing or too much, `VSR_MODEL_UNKNOWN`, `VSR_DATA` for a
 * rating outside the scale, `VSR_ARTIFACT`, `VSR_FILE`; then nothing was written.
 */
export async function feedback(config: VsrConfig, context: PipelineContext): Promise<FeedbackResult> {
  const { artifacts, userId } = config.feedback;
  if (userId === undefined) {
    throw usage('feedback needs --user-id.', 'Example: vsr feedback --user-id 3 --query "…" --model a --rating 4');
  }
  const { manifest } = openArtifactDirectory(artifacts);
  const said = saidIn(config);
  const asked = await askedBefore(config);
  const models = 'rating' in said ? [ratedModel(config, asked)] : [said.prefer, said.over];
  for (const model of models) refuseUnknown(model, manifest.models);
  const trained = await openTrained(artifacts, config.embedding, context);
  const features = await textFeatures(
    [asked.query],
    trained.encoder,
    trained.space,
    config.embedding.cacheDir,
    context,
  );
  const ratings = 'rating' in said ? [said.rating] : [1, -1];
  const turn: StoredTurn = {
    user: userId,
    session: null,
    order: AFTER_TRAINING,
    query: asked.query,
    models,
    ratings,
    kind: 'rating' in said ? 'ratings' : 'votes',
    encoder: trained.encoder.fingerprint,
    vector: encodeVector(rowOf(features, 0)),
  };
  appendFeedback(artifacts, turn);
  return { userId, query: asked.query, models, ratings };
}

/** A rating in [−1, 1], or who was preferred to whom. */
function saidIn({
  feedback: { rating, prefer, over },
  data,
}: VsrConfig): { rating: number } | { prefer: string; over: string } {
  if ((rating === undefined) === (prefer === undefined && over === undefined)) {
    throw usage('feedback needs either --rating, or --prefer and --over.', 'Say one thing of one query.');
  }
  if (rating === undefined) {
    if (prefer === undefined || over === undefined)
      throw usage('--prefer and --over belong together.', 'Name both models.');
    if (prefer === over) throw usage(`--prefer and --over both name ${prefer}.`, 'Name two models.');
    return { prefer, over };
  }
  const [low, high] = data.ratingScale ?? STARS;
  if (rating < low || rating > high) {
    throw new VsrError('VSR_DATA', `--rating must be in [${low}, ${high}], got ${rating}.`, {
      hint: 'Another scale is set with data.rating_scale.',
    });
  }
  return { rating: (2 * (rating - low)) / (high - low) - 1 };
}

function ratedModel({ feedback: { model, id } }: VsrConfig, { model: decided }: AskedBefore): string {
  const rated = model ?? decided;
  if (rated !== undefined) return rated;
  throw usage(
    `--rating: which model answered${id === undefined ? '' : ` ${id}`} is not known.`,
    'Name it with --model, or give the --decisions that vsr infer wrote.',
  );
}

function refuseUnknown(model: string, known: readonly string[]): void {
  if (known.includes(model)) return;
  const near = nearestName(model, known);
  throw new VsrError('VSR_MODEL_UNKNOWN', `Model ${model} is not in the artifact; it knows ${known.join(', ')}.`, {
    ...(near && { hint: `Did you mean ${near}?` }),
  });
}

function usage(sentence: string, hint: string): VsrError {
  return new VsrError('VSR_USAGE', sentence, { hint });
}
