// Who asks a query, as a router is told: declared weights, the rated turns of the artifact and those that came since.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { UserPreferences } from '../../data/users.js';
import type { Person } from '../../routers/people.js';
import { interactionsOf } from '../people/interactions.js';
import { historyFile } from '../people/shard.js';
import { decodeVector, parseStoredTurns, type StoredTurn } from '../people/stored-turn.js';

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
  const learned = storedTurns(id, artifact);
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

/** Read once per artifact and file. */
const READ = new WeakMap<object, Map<string, readonly StoredTurn[]>>();

function storedTurns(id: string, artifact: Pick<ArtifactDirectory, 'has' | 'read'>): readonly StoredTurn[] {
  const file = historyFile(id);
  if (!artifact.has(file)) return [];
  const known = READ.get(artifact) ?? new Map<string, readonly StoredTurn[]>();
  READ.set(artifact, known);
  const turns = known.get(file) ?? parseStoredTurns(artifact.read(file).toString('utf8'), file);
  known.set(file, turns);
  return turns.filter(({ user }) => user === id);
}
