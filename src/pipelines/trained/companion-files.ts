// The files an artifact carries beside its routers: the users' preferences, the learning queries, the catalogue.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { CatalogueModel } from '../../data/catalogue.js';
import type { UserPreferences } from '../../data/users.js';
import type { OutcomeData } from '../learning/outcome-data.js';
import type { KnownPeople } from '../people/known-people.js';
import { FEATURES_FILE } from './feature-files.js';

const USERS_FILE = 'users.json';
const QUERIES_FILE = 'queries.json';
const MODELS_FILE = 'models.json';

/** A query a router learned on, for `--explain`. Row i of the training table is item i. */
export interface LearnedQuery {
  readonly id: string;
  readonly query: string;
}

export function companionFiles(
  data: OutcomeData,
  { preferences }: Pick<KnownPeople, 'preferences'>,
  learned: Int32Array,
): Record<string, string> {
  const queries = Array.from(learned, (row): LearnedQuery => {
    const { id, query } = data.table.queries[row]!;
    return { id, query };
  });
  return {
    [MODELS_FILE]: json(Object.fromEntries(data.table.models.map((model) => [model, data.catalogue.get(model) ?? {}]))),
    [QUERIES_FILE]: json(queries),
    ...(preferences.length > 0 && { [USERS_FILE]: json(preferences) }),
  };
}

/** The companions of an artifact for one that knows more models. */
export function copiedCompanions(
  artifact: ArtifactDirectory,
  added: Readonly<Record<string, unknown>>,
): Record<string, string | Uint8Array> {
  const models = readModelEntries(artifact);
  return {
    [MODELS_FILE]: json({ ...models, ...added }),
    [QUERIES_FILE]: artifact.read(QUERIES_FILE),
    ...(artifact.has(USERS_FILE) && { [USERS_FILE]: artifact.read(USERS_FILE) }),
    ...(artifact.has(FEATURES_FILE) && { [FEATURES_FILE]: artifact.read(FEATURES_FILE) }),
  };
}

/** What the catalogue said of each model at training; {} = nothing. */
export function readModelEntries(artifact: ArtifactDirectory): Readonly<Record<string, Partial<CatalogueModel>>> {
  return artifact.has(MODELS_FILE) ? JSON.parse(artifact.read(MODELS_FILE).toString('utf8')) : {};
}

/** Preferences by user id; empty where training knew no users. */
export function readStoredUsers(artifact: ArtifactDirectory): ReadonlyMap<string, UserPreferences> {
  const users: UserPreferences[] = artifact.has(USERS_FILE)
    ? JSON.parse(artifact.read(USERS_FILE).toString('utf8'))
    : [];
  return new Map(users.map((user) => [user.userId, user]));
}

export function readLearnedQueries(artifact: ArtifactDirectory): LearnedQuery[] {
  return JSON.parse(artifact.read(QUERIES_FILE).toString('utf8'));
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
