// --history: rated turns in a file, as the pasts of those who ask.
import type { VsrConfig } from '../../config/schema.js';
import { turnOrders } from '../../data/people/order-turns.js';
import { readTurns } from '../../data/people/read-turns.js';
import { scaledTurns } from '../../data/people/scale-ratings.js';
import { rowOf } from '../../math/matrix.js';
import { rowsByLabel } from '../../math/rows-by-label.js';
import type { PipelineContext } from '../context.js';
import type { Trained } from '../trained/trained-router.js';
import type { PersonStore } from './person-store.js';
import { textFeatures } from './prepare-people.js';
import { KEPT_TURNS } from './shard.js';
import { encodeVector } from './stored-turn.js';

/**
 * Rows of a time to come, and models that the artifact does not know, are left out and counted. Nothing is done where the encoder
 * cannot be opened. Throws what reading throws.
 */
export async function addHistory(
  people: PersonStore,
  path: string,
  trained: Trained | Pick<Trained, 'artifact'>,
  config: VsrConfig,
  context: PipelineContext,
  now: number = Date.now(),
): Promise<void> {
  if (!('encoder' in trained)) return;
  const { turns: all } = scaledTurns(await readTurns(path), config.data.ratingScale);
  const past = all.filter(({ time }) => time === null || time <= now);
  if (past.length < all.length) {
    context.onWarning?.(`${path}: ${all.length - past.length} rows are of a time to come and are left out.`);
  }
  const { models } = trained.artifact.manifest;
  const unknown = new Set(past.flatMap((turn) => turn.models.filter((model) => !models.includes(model))));
  if (unknown.size > 0) {
    context.onWarning?.(
      `${path}: ${[...unknown].join(', ')} ${unknown.size === 1 ? 'is' : 'are'} not in the artifact; their ratings are left out.`,
    );
  }
  const orders = turnOrders(past);
  for (const [user, own] of rowsByLabel(past.map(({ userId }) => userId))) {
    const newest = own.sort((a, b) => orders[a]! - orders[b]! || a - b).slice(-KEPT_TURNS);
    const features = await textFeatures(
      newest.map((i) => past[i]!.query),
      trained.encoder,
      trained.space,
      config.embedding.cacheDir,
      context,
    );
    people.add(
      user,
      newest.map((i, row) => ({
        user,
        session: past[i]!.sessionId,
        order: orders[i]!,
        query: past[i]!.query,
        models: past[i]!.models,
        ratings: past[i]!.ratings,
        kind: past[i]!.kind,
        encoder: trained.encoder.fingerprint,
        vector: encodeVector(rowOf(features, row)),
      })),
    );
  }
}
