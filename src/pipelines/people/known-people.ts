// Who the people of a training are: those of the users file and of the votes, or nine simulated ones.
import type { VsrConfig } from '../../config/schema.js';
import { turnOrders } from '../../data/people/order-turns.js';
import type { RatedTurn } from '../../data/people/rated-turn.js';
import { readTurns } from '../../data/people/read-turns.js';
import { scaledTurns } from '../../data/people/scale-ratings.js';
import { readUsers, type UserPreferences } from '../../data/users.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { Person } from '../../routers/people.js';
import { loadSimulatedUsers } from '../../routers/registry.js';
import type { PipelineContext } from '../context.js';
import { userSource, voteSource } from '../sources.js';

export interface KnownPeople {
  /** Everybody with preferences or turns; `history` is null. */
  readonly people: readonly Person[];
  /** Preferences of those that declared or were given some, for the artifact. */
  readonly preferences: readonly UserPreferences[];
  /** true: the preferences are invented, by the example or here. */
  readonly simulated: boolean;
  /** Ratings in [−1, 1]; empty where nobody has rated anything. */
  readonly turns: readonly RatedTurn[];
  /** [turns] */
  readonly orders: Float64Array;
}

/**
 * Throws `VSR_FILE`, and `VSR_DATA` for a bad row or a model that has no outcome.
 * @param inventing true: where nobody is known, nine people are simulated
 */
export async function knownPeople(
  config: VsrConfig,
  models: readonly string[],
  example: boolean,
  inventing: boolean,
  context: PipelineContext,
): Promise<KnownPeople> {
  const files = [voteSource(config), config.data.history].filter((path) => path !== undefined);
  const raw = (await Promise.all(files.map(readTurns))).flat();
  refuseUnknownModels(raw, models);
  const { turns, indifferent } = scaledTurns(raw, config.data.ratingScale);
  if (indifferent.length > 0) {
    const shown = indifferent.slice(0, 3).join(', ');
    context.onWarning?.(
      `${indifferent.length} users gave one rating to everything (${shown}${indifferent.length > 3 ? ', …' : ''}): it says nothing about the models.`,
    );
  }
  const ofExample = example && voteSource(config) === undefined;
  const source = config.example === 'votes' ? config.data.users : userSource(config, ofExample);
  const read = source === undefined ? [] : [...(await readUsers(source)).values()];
  const invented = inventing && read.length === 0 && turns.length === 0;
  const preferences = invented ? await simulatedPreferences() : read;
  const declared = new Map(preferences.map(({ userId, ...weights }) => [userId, weights]));
  const ids = new Set([...declared.keys(), ...turns.map(({ userId }) => userId)]);
  return {
    people: Array.from(ids, (id) => ({ id, weights: declared.get(id) ?? null, history: null })),
    preferences,
    simulated:
      invented || (ofExample && config.data.users === undefined) || [...turns, ...preferences].some(isSimulated),
    turns,
    orders: turnOrders(turns),
  };
}

async function simulatedPreferences(): Promise<UserPreferences[]> {
  return (await loadSimulatedUsers()).map(({ id, weights }) => ({ userId: id, ...weights! }));
}

/** As vsr simulate-users names them. */
function isSimulated({ userId }: Pick<RatedTurn, 'userId'>): boolean {
  return userId.startsWith('simulated-');
}

function refuseUnknownModels(turns: readonly RatedTurn[], models: readonly string[]): void {
  for (const turn of turns) {
    const stray = turn.models.find((model) => !models.includes(model));
    if (stray === undefined) continue;
    const near = nearestName(stray, models);
    throw new VsrError('VSR_DATA', `${turn.where}: model ${stray} has no outcome; known are ${models.join(', ')}.`, {
      hint: near ? `Did you mean ${near}?` : 'Benchmark it, or leave the row out.',
    });
  }
}
