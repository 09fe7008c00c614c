// The people of an artifact, read one at a time: preferences, the past that training kept, and the feedback since.
import { existsSync, readFileSync } from 'node:fs';
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import { groupIds } from '../../data/normalise-text.js';
import type { RatedTurn } from '../../data/people/rated-turn.js';
import type { UserPreferences } from '../../data/users.js';
import { VsrError } from '../../errors/vsr-error.js';
import { fromRows } from '../../math/matrix.js';
import type { Person } from '../../routers/people.js';
import { readStoredUsers } from '../trained/companion-files.js';
import { feedbackPath } from './feedback-file.js';
import { interactionsOf } from './interactions.js';
import { historyFile, KEPT_TURNS } from './shard.js';
import { decodeVector, type StoredTurn, turnsOfUser } from './stored-turn.js';

export interface StoredPerson {
  readonly person: Person;
  /** Group g of the person's history is turn g; oldest first. */
  readonly turns: readonly StoredTurn[];
  /** true: training or feedback knows the id. */
  readonly known: boolean;
  /** true: preferences or past are invented. */
  readonly simulated: boolean;
}

export interface PersonStore {
  /** Throws `VSR_ARTIFACT` for a past that another encoder made. */
  of(userId: string): StoredPerson;
  /** The next `of` reads this person again. */
  forget(userId: string): void;
  /** Adds turns that are not on disk, such as those of --history. */
  add(userId: string, turns: readonly StoredTurn[]): void;
}

/** People held in memory at a time; who asked longest ago goes first. */
const HELD = 1000;

export function openPersonStore(artifact: ArtifactDirectory): PersonStore {
  const { manifest } = artifact;
  const preferences = readStoredUsers(artifact);
  const held = new Map<string, StoredPerson>();
  const added = new Map<string, readonly StoredTurn[]>();
  return {
    of(userId) {
      const found = held.get(userId) ?? load(userId);
      held.delete(userId);
      held.set(userId, found);
      if (held.size > HELD) held.delete(held.keys().next().value!);
      return found;
    },
    forget: (userId) => void held.delete(userId),
    add(userId, turns) {
      added.set(userId, [...(added.get(userId) ?? []), ...turns]);
      held.delete(userId);
    },
  };

  function load(userId: string): StoredPerson {
    const stored = [
      ...trainedTurns(artifact, userId),
      ...feedback(artifact.path, userId),
      ...(added.get(userId) ?? []),
    ];
    const turns = stored.slice(-KEPT_TURNS);
    const own = preferences.get(userId);
    return {
      person: { id: userId, weights: own ? weightsOf(own) : null, history: historyOf(turns, manifest) },
      turns,
      known: own !== undefined || turns.length > 0,
      simulated:
        userId.startsWith('simulated-') ||
        turns.some(({ simulated }) => simulated) ||
        (own !== undefined && manifest.people?.simulated === 'users'),
    };
  }
}

export function weightsOf({ quality, latency, cost }: UserPreferences) {
  return { quality, latency, cost };
}

/** What training kept of a person's past, oldest first. */
export function trainedTurns(artifact: Pick<ArtifactDirectory, 'has' | 'read'>, userId: string): StoredTurn[] {
  const file = historyFile(userId);
  if (!artifact.has(file)) return [];
  return turnsOfUser(artifact.read(file).toString('utf8'), file, userId).sort((a, b) => a.order - b.order);
}

function feedback(directory: string, userId: string): StoredTurn[] {
  const path = feedbackPath(directory, userId);
  return existsSync(path) ? turnsOfUser(readFileSync(path, 'utf8'), path, userId) : [];
}

/**
 * Group g is turn g; every turn is later than the one before it, but for training's turns of equal order. null where they say nothing.
 * Throws `VSR_ARTIFACT` for turns that another encoder made.
 */
export function historyOf(
  turns: readonly StoredTurn[],
  { models, embedder, features }: Pick<ArtifactDirectory['manifest'], 'models' | 'embedder' | 'features'>,
): Person['history'] {
  if (turns.length === 0) return null;
  const rows = turns.map(({ encoder, vector, user }) => {
    const values = decodeVector(vector);
    if (encoder === embedder.fingerprint && values.length === features.dim) return values;
    throw new VsrError(
      'VSR_ARTIFACT',
      `The past of user ${user} was made with another encoder (${encoder}, ${values.length} wide) than the artifact's (${embedder.fingerprint}, ${features.dim} wide).`,
      { hint: 'Give the past as --history in text, or train again with it.' },
    );
  });
  const rated = turns.map(
    (turn): RatedTurn => ({
      userId: turn.user,
      query: turn.query,
      sessionId: turn.session,
      turn: null,
      time: null,
      models: turn.models,
      ratings: turn.ratings,
      kind: turn.kind,
      where: 'history',
    }),
  );
  const orders = new Float64Array(turns.length);
  turns.forEach((turn, i) => {
    const before = turns[i - 1];
    orders[i] = before === undefined ? 0 : orders[i - 1]! + (before.order === turn.order && turn.order >= 0 ? 0 : 1);
  });
  const interactions = interactionsOf(rated, orders, models, {
    features: fromRows(rows),
    query: Int32Array.from(turns.keys()),
    groups: groupIds(turns.map(({ query }) => query)),
  });
  if (interactions.rating.length === 0) return null;
  if (!turns.some(({ implied }) => implied)) return interactions;
  return { ...interactions, implied: Uint8Array.from(interactions.group, (turn) => (turns[turn]!.implied ? 1 : 0)) };
}
