// Every call there is to make, in the order it will be made, and which of them an earlier run has made already.
import { hash } from 'node:crypto';
import type { OutcomeCell } from '../../data/outcome.js';
import { hash32, seededRandom } from '../../math/random.js';
import type { KeptCall } from './journal.js';
import type { AskedModel } from './models.js';
import { estimatedTokens } from './price.js';
import { templateHash } from './prompt.js';
import type { Question } from './questions.js';

export interface Call {
  readonly question: Question;
  readonly model: AskedModel;
  /** 0 for the first time a model is asked a query, then 1, 2 … */
  readonly repeat: number;
  /** SHA-256 of everything that shapes the answer. */
  readonly key: string;
}

export interface Plan {
  /** Query by query in the order of the file, model by model, repeat by repeat: as the results are written. */
  readonly calls: readonly Call[];
  /** How often each model is asked each query. */
  readonly repeats: number;
  /** Made before, by key; in no order. */
  readonly done: ReadonlyMap<string, KeptCall>;
  /** Known without a call, by key: the prompt is longer than the model's context window. */
  readonly settled: ReadonlyMap<string, OutcomeCell>;
  /** The rest, query by query, the queries shuffled with the seed: what is stopped early is a fair sample. */
  readonly open: readonly Call[];
}

export interface PlanOptions {
  readonly seed: number;
  /** Missing cells are asked again. */
  readonly retryFailed: boolean;
  readonly repeats?: number;
  readonly concise?: boolean;
}

export function planCalls(
  questions: readonly Question[],
  models: readonly AskedModel[],
  stored: ReadonlyMap<string, KeptCall>,
  { seed, retryFailed, repeats = 1, concise = false }: PlanOptions,
): Plan {
  const template = templateHash(concise);
  const settings = models.map((model) => settingsKey(model, template));
  const calls: Call[] = [];
  const settled = new Map<string, OutcomeCell>();
  const open: Call[] = [];
  // By place in `calls`.
  const isOpen: boolean[] = [];
  const made: KeptCall[] = [];
  for (const question of questions) {
    const asked = callKeys(question);
    models.forEach((model, m) => {
      const tooLong = tooLongCell(question, model);
      for (let repeat = 0; repeat < repeats; repeat++) {
        const key = asked(settings[m]!, repeat);
        const entry = stored.get(key);
        const isDone = entry !== undefined && !(retryFailed && isFailed(entry));
        calls.push({ question, model, repeat, key: entry?.key ?? key });
        if (isDone) made.push(entry);
        else if (tooLong) settled.set(key, tooLong);
        isOpen.push(!isDone && !tooLong);
      }
    });
  }
  const perQuestion = models.length * repeats;
  for (const q of seededRandom(seed).fork('benchmark order').shuffle(questions.keys())) {
    for (let i = q * perQuestion; i < (q + 1) * perQuestion; i++) {
      if (isOpen[i]) open.push(calls[i]!);
    }
  }
  // Nothing else is stored, as a rule: then a second map of a million calls is spared.
  const done = made.length === stored.size ? stored : byKey(made);
  return { calls, repeats, done, settled, open };
}

function byKey(kept: readonly KeptCall[]): Map<string, KeptCall> {
  const found = new Map<string, KeptCall>();
  for (const one of kept) found.set(one.key, one);
  return found;
}

/** Nothing is sent: a server would refuse it, and one that cuts the prompt without a word would answer another question. */
function tooLongCell({ prompt }: Question, { contextWindow, systemPrompt }: AskedModel): OutcomeCell | null {
  if (contextWindow === undefined) return null;
  const tokens = estimatedTokens(systemPrompt, prompt);
  if (tokens <= contextWindow) return null;
  const error = `about ${tokens} tokens, and the context window holds ${contextWindow}; not sent`;
  return { quality: 0, status: 'too_long', error };
}

/** A call that gave no quality although it could have. */
export function isFailed({ cell }: Pick<KeptCall, 'cell'>): boolean {
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

/** What a model adds to the key, as JSON; endpoints count by type and name of the model there, not by address or key. */
function settingsKey(
  { alias, routes, maxTokens, temperature, systemPrompt, extraBody }: AskedModel,
  template: string,
): string {
  const places = routes.map(({ endpoint, model }) => [endpoint.type, model]);
  const settings = JSON.stringify([alias, places, maxTokens, temperature, systemPrompt ?? null, extraBody, template]);
  return JSON.stringify(settings);
}

/** SHA-256 of JSON [id, prompt, settings, repeat], of which each part is written once for all calls that share it. */
function callKeys({ query, promptHash }: Question): (settings: string, repeat: number) => string {
  const start = `[${JSON.stringify(query.id)},${JSON.stringify(promptHash)}`;
  return (settings, repeat) => hash('sha256', `${start},${settings},${repeat}]`, 'hex');
}
