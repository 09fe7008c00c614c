// Who asks a query, as a router is told: declared weights, the rated turns of the artifact and those that came since.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { UserPreferences } from '../../data/users.js';
import type { Person } from '../../routers/people.js';
import { historyOf, trainedTurns, weightsOf } from '../people/person-store.js';
import { KEPT_TURNS } from '../people/shard.js';
import type { StoredTurn } from '../people/stored-turn.js';

type Artifact = Pick<ArtifactDirectory, 'has' | 'read' | 'manifest'>;

/**
 * The same object as long as nothing new is said, so that a router works out a person's state once. Turns made with another
 * encoder, or about models that the artifact does not know, say nothing here.
 * @param since oldest first; whoever adds a turn gives a new array
 */
export function personOf(
  id: string,
  preferences: UserPreferences | undefined,
  since: readonly StoredTurn[],
  artifact: Artifact,
): Person {
  const people = PEOPLE.get(artifact) ?? new Map<string, Held>();
  PEOPLE.set(artifact, people);
  const known = people.get(id);
  const isNew = known === undefined || known.preferences !== preferences || !isSame(known.since, since);
  const learned = known?.learned ?? trainedTurns(artifact, id);
  const held = isNew
    ? { learned, since, preferences, person: personWith(id, preferences, learned, since, artifact) }
    : known;
  people.delete(id);
  people.set(id, held);
  if (people.size > MOST_HELD) people.delete(people.keys().next().value!);
  return held.person;
}

interface Held {
  /** What training kept. */
  readonly learned: readonly StoredTurn[];
  readonly since: readonly StoredTurn[];
  readonly preferences: UserPreferences | undefined;
  readonly person: Person;
}

/** People held per artifact; who asked longest ago goes first. */
const MOST_HELD = 1000;
const PEOPLE = new WeakMap<object, Map<string, Held>>();

function isSame(a: readonly StoredTurn[], b: readonly StoredTurn[]): boolean {
  return a === b || (a.length === 0 && b.length === 0);
}

function personWith(
  id: string,
  preferences: UserPreferences | undefined,
  learned: readonly StoredTurn[],
  since: readonly StoredTurn[],
  { manifest }: Artifact,
): Person {
  const { models, features, embedder } = manifest;
  const start = learned.reduce((most, { order }) => Math.max(most, order), 0);
  const turns = [...learned, ...since.map((turn, i) => ({ ...turn, order: start + 1 + i }))]
    .filter(({ encoder, vector }) => encoder === embedder.fingerprint && widthOf(vector) === features.dim)
    .filter((turn) => turn.models.some((model) => models.includes(model)))
    .slice(-KEPT_TURNS);
  return { id, weights: preferences ? weightsOf(preferences) : null, history: historyOf(turns, manifest) };
}

function widthOf(vector: string): number {
  return Buffer.byteLength(vector, 'base64') / Float32Array.BYTES_PER_ELEMENT;
}
