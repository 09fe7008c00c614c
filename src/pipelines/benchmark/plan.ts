// Every call there is to make, in the order it will be made, and which of them an earlier run has made already.
import { createHash } from 'node:crypto';
import { hash32, seededRandom } from '../../math/random.js';
import type { JournalEntry } from './journal.js';
import type { AskedModel } from './models.js';
import { TEMPLATE_HASH } from './prompt.js';
import type { Question } from './questions.js';

export interface Call {
  readonly question: Question;
  readonly model: AskedModel;
  /** SHA-256 of everything that shapes the answer. */
  readonly key: string;
}

export interface Plan {
  /** Query by query in the order of the file, model by model: as the results are written. */
  readonly calls: readonly Call[];
  /** Made before, by key. */
  readonly done: ReadonlyMap<string, JournalEntry>;
  /** The rest, query by query, the queries shuffled with the seed: what is stopped early is a fair sample. */
  readonly open: readonly Call[];
}

export interface PlanOptions {
  readonly seed: number;
  /** Missing cells are asked again. */
  readonly retryFailed: boolean;
}

export function planCalls(
  questions: readonly Question[],
  models: readonly AskedModel[],
  stored: ReadonlyMap<string, JournalEntry>,
  { seed, retryFailed }: PlanOptions,
): Plan {
  const settings = models.map(settingsKey);
  const calls: Call[] = [];
  const done = new Map<string, JournalEntry>();
  for (const question of questions) {
    models.forEach((model, m) => {
      const key = callKey(question, settings[m]!);
      calls.push({ question, model, key });
      const entry = stored.get(key);
      if (entry && !(retryFailed && isFailed(entry))) done.set(key, entry);
    });
  }
  const order = seededRandom(seed).fork('benchmark order').shuffle(questions.keys());
  const open = order
    .flatMap((q) => calls.slice(q * models.length, (q + 1) * models.length))
    .filter((call) => !done.has(call.key));
  return { calls, done, open };
}

/** A call that gave no quality although it could have. */
export function isFailed({ cell }: Pick<JournalEntry, 'cell'>): boolean {
  return cell.quality === null && cell.status !== 'unscored';
}

/** The routes of a call in the order they are tried: the first drawn by weight from the query's id, then the others. */
export function routesFor({ question, model }: Call): AskedModel['routes'] {
  const { routes } = model;
  if (routes.length === 1) return routes;
  const total = routes.reduce((sum, { endpoint }) => sum + endpoint.weight, 0);
  let left = ((hash32(question.query.id) >>> 0) / 2 ** 32) * total;
  const first = Math.max(
    0,
    routes.findIndex(({ endpoint }) => {
      left -= endpoint.weight;
      return left < 0;
    }),
  );
  return [routes[first]!, ...routes.slice(0, first), ...routes.slice(first + 1)];
}

/** What a model adds to the key; endpoints count by type and name of the model there, not by address or key. */
function settingsKey({ alias, routes, maxTokens, temperature, systemPrompt, extraBody }: AskedModel): string {
  const places = routes.map(({ endpoint, model }) => [endpoint.type, model]);
  return JSON.stringify([alias, places, maxTokens, temperature, systemPrompt ?? null, extraBody, TEMPLATE_HASH]);
}

/** The last part is the number of the repeat: today every question is asked once. */
function callKey({ query, promptHash }: Question, settings: string): string {
  return createHash('sha256')
    .update(JSON.stringify([query.id, promptHash, settings, 0]))
    .digest('hex');
}
