// Who asks a query, as a router is told: declared weights, the rated turns of the artifact and those that came since.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { UserPreferences } from '../../data/users.js';
import type { Person } from '../../routers/people.js';
import { interactionsOf } from '../people/interactions.js';
import { trainedTurns } from '../people/person-store.js';
import { decodeVector, type StoredTurn } from '../people/stored-turn.js';

/** The newest turns that a router is told; it reads fewer. */
const TURNS = 100;

/** Turns made with another encoder, or about models that the artifact does not know, say nothing here. */
export function personOf(
  id: string,
  preferences: UserPreferences | undefined,
  since: readonly StoredTurn[],
  artifact: Pick<ArtifactDirectory, 'has' | 'read' | 'manifest'>,
): Person {
  const { models, features, embedder } = artifact.manifest;
  const learned = heldTurns(id, artifact);
  const start = learned.reduce((most, { order }) => Math.max(most, order), 0);
  const turns = [...learned, ...since.map((turn, i) => ({ ...turn, order: start + 1 + i }))]
    .filter(({ encoder }) => encoder === embedder.fingerprint)
    .map((turn) => ({ turn, vector: decodeVector(turn.vector) }))
    .filter(({ turn, vector }) => vector.length === features.dim && turn.models.some((model) => models.includes(model)))
    .slice(-TURNS);
  const data = new Float32Array(turns.length * features.dim);
  turns.forEach(({ vector }, i) => {
    data.set(vector, i * features.dim);
  });
  const rows = Int32Array.from(turns, (_, i) => i);
  const rated = turns.map(({ turn: { session, models, ratings, kind, query } }, i) => ({
    userId: id,
    query,
    sessionId: session,
    turn: i + 1,
    time: null,
    models,
    ratings,
    kind,
    where: 'feedback',
  }));
  const history = interactionsOf(rated, Float64Array.from(rows), models, {
    features: { rows: turns.length, cols: features.dim, data },
    query: rows,
    groups: rows,
  });
  return {
    id,
    weights: preferences
      ? { quality: preferences.quality, latency: preferences.latency, cost: preferences.cost }
      : null,
    history: turns.length > 0 ? history : null,
  };
}

/** People whose past from training is held per artifact; who asked longest ago goes first. */
const HELD = 1000;
const READ = new WeakMap<object, Map<string, readonly StoredTurn[]>>();

function heldTurns(id: string, artifact: Pick<ArtifactDirectory, 'has' | 'read'>): readonly StoredTurn[] {
  const held = READ.get(artifact) ?? new Map<string, readonly StoredTurn[]>();
  READ.set(artifact, held);
  const turns = held.get(id) ?? trainedTurns(artifact, id);
  held.delete(id);
  held.set(id, turns);
  if (held.size > HELD) held.delete(held.keys().next().value!);
  return turns;
}
