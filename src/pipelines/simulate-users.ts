// simulate-users: people for data that has none. Nine who trade quality against cost, or nine personas played by a model.
import { writeFileAtomically } from '../artifacts/atomic-write.js';
import { environment } from '../config/environment.js';
import type { VsrConfig } from '../config/schema.js';
import { readOutcomes } from '../data/read-outcomes.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { seededRandom } from '../math/random.js';
import { type Provider, ProviderFailure } from '../providers/provider.js';
import { loadSimulatedUsers } from '../routers/registry.js';
import { readAnswers } from './answers.js';
import { type AskedModel, askedModels } from './benchmark/models.js';
import { openProviders } from './benchmark/open-providers.js';
import { runPaths } from './benchmark/paths.js';
import type { PipelineContext } from './context.js';
import { agreed, comparisonPrompt, PERSONAS, type Persona, readComparison } from './people/personas.js';
import { outcomeSource, requireOutcomes } from './sources.js';

export interface SimulatedUsersResult {
  /** Files written. */
  readonly written: readonly string[];
  readonly users: number;
  readonly votes: number;
  /** Comparisons without a readable verdict in both orders. */
  readonly unread: number;
}

interface Pair {
  readonly query: string;
  readonly models: readonly [string, string];
  readonly answers: readonly [string, string];
}

const REPLY_TOKENS = 16;

/**
 * Every row says that it is simulated, and every id begins with `simulated-`.
 * Throws `VSR_USAGE`, `VSR_FILE`, `VSR_DATA`, and what opening the provider throws.
 */
export async function simulateUsers(config: VsrConfig, context: PipelineContext): Promise<SimulatedUsersResult> {
  const { kind, output } = config.simulateUsers;
  if (kind === 'preferences') {
    const rows = (await loadSimulatedUsers()).map(({ id, weights }) => ({
      user_id: `simulated-${id}`,
      preferences: weights,
      simulated: true,
    }));
    writeFileAtomically(output, lines(rows));
    return { written: [output], users: rows.length, votes: 0, unread: 0 };
  }
  return personaVotes(config, context);
}

async function personaVotes(config: VsrConfig, context: PipelineContext): Promise<SimulatedUsersResult> {
  const { votes: path, perUser, model: alias } = config.simulateUsers;
  if (alias === undefined) {
    throw new VsrError('VSR_USAGE', 'simulate-users --kind personas needs --model, an alias of model_config.', {
      hint: 'It plays the personas; the answers it compares come from responses.jsonl.',
    });
  }
  const answers = await answersOf(config);
  const ask = await judge(config, alias);
  const rows: Record<string, unknown>[] = [];
  let unread = 0;
  for (const [p, persona] of PERSONAS.entries()) {
    const pairs = drawnPairs(answers, perUser, config.seed, persona);
    for (const [i, pair] of pairs.entries()) {
      throwIfAborted(context.signal);
      const straight = await ask(persona, pair, context.signal);
      const swapped = await ask(persona, reversed(pair), context.signal);
      context.onProgress?.({ stage: 'personas', done: p * perUser + i + 1, total: PERSONAS.length * perUser });
      if (straight === null || swapped === null) {
        unread++;
        continue;
      }
      const [model_a, model_b] = pair.models;
      const winner = agreed(straight, swapped);
      rows.push({
        user_id: persona.id,
        query: pair.query,
        model_a,
        model_b,
        winner,
        turn: i + 1,
        session_id: 'simulated',
        simulated: true,
      });
    }
  }
  if (unread > 0)
    context.onWarning?.(`${unread} comparisons gave no readable verdict in both orders and are left out.`);
  if (rows.length === 0) {
    throw new VsrError('VSR_PROVIDER', `${alias} gave no readable verdict in ${unread} comparisons.`, {
      hint: 'Try one comparison by hand: the model must answer with 1, 2 or tie.',
    });
  }
  writeFileAtomically(path, lines(rows));
  return { written: [path], users: PERSONAS.length, votes: rows.length, unread };
}

/** By query: the answers of its models. Throws where fewer than two models answered any query. */
async function answersOf(config: VsrConfig): Promise<{ query: string; answers: ReadonlyMap<string, string> }[]> {
  const source = outcomeSource(config, config.simulateUsers.dataFile);
  requireOutcomes(source);
  const path = config.simulateUsers.responses ?? runPaths(source.path).responses;
  const { rows } = await readOutcomes(source.path, { scale: config.scoring.scale });
  const queryOf = new Map(rows.map(({ query }) => [query.id, query.query]));
  const found = await readAnswers(path, (id) => queryOf.has(id));
  const usable = Array.from(found, ([id, answers]) => ({ query: queryOf.get(id)!, answers })).filter(
    ({ answers }) => answers.size > 1,
  );
  if (usable.length > 0) return usable;
  throw new VsrError('VSR_DATA', `${path}: no query of ${source.path} has the answers of two models.`, {
    hint: 'vsr benchmark stores them, unless --no-responses is given.',
  });
}

function drawnPairs(
  all: readonly { query: string; answers: ReadonlyMap<string, string> }[],
  count: number,
  seed: number,
  persona: Persona,
): Pair[] {
  const random = seededRandom(seed).fork(persona.id);
  return random
    .shuffle(all)
    .slice(0, count)
    .map(({ query, answers }) => {
      const [a, b] = random.shuffle(answers.keys()) as [string, string];
      return { query, models: [a, b], answers: [answers.get(a)!, answers.get(b)!] };
    });
}

function reversed({ query, models: [a, b], answers: [x, y] }: Pair): Pair {
  return { query, models: [b, a], answers: [y, x] };
}

async function judge(config: VsrConfig, alias: string) {
  const nothing = { path: 'simulate-users', queries: [], recorded: new Map(), recordedModels: [] };
  const only = { ...config, benchmark: { ...config.benchmark, models: [alias] } };
  const [model] = askedModels(only, nothing, new Map(), () => false) as [AskedModel];
  const providers = await openProviders([model], nothing, only, { environment: environment() });
  const { endpoint, model: name } = model.routes[0]!;
  const provider: Provider = providers.get(endpoint.name)!;
  return async ({ system }: Persona, { query, answers }: Pair, signal: AbortSignal | undefined) => {
    try {
      const { text } = await provider.complete({
        queryId: 'simulate-users',
        alias,
        model: name,
        prompt: comparisonPrompt(query, ...answers),
        systemPrompt: system,
        images: [],
        maxTokens: Math.max(REPLY_TOKENS, config.simulateUsers.maxTokens),
        temperature: 0,
        seed: config.seed,
        ...(signal && { signal }),
      });
      return readComparison(text);
    } catch (error) {
      if (!(error instanceof ProviderFailure) || error.status === 'auth') throw error;
      return null;
    }
  };
}

function lines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
