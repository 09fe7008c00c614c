// PersonalizedRouter's table, one row per user, query and model:
// user_id,performance_preference,task_id,task_description,query,ground_truth,metric,llm,response,effect,cost[,reward,best_llm|best_answer]
import { VsrError } from '../../errors/vsr-error.js';
import { readCsv } from '../csv.js';
import { wrong } from '../field.js';
import type { OutcomeCell, OutcomeRow } from '../outcome.js';
import { queryFromRow } from '../query-row.js';
import type { UserPreferences } from '../users.js';
import type { RatedTurn } from './rated-turn.js';

export interface PersonalizedRouterTable {
  /** `effect` is the quality. `cost` is min–max scaled there, no dollars: it is left out. */
  readonly outcomes: readonly OutcomeRow[];
  readonly users: readonly UserPreferences[];
  /** What each user chose, where the table says it. */
  readonly turns: readonly RatedTurn[];
}

const NEEDED = ['user_id', 'query', 'llm', 'effect'];

/** Throws VSR_FILE, and VSR_DATA with file and line for the first bad row. */
export async function readPersonalizedRouterCsv(path: string): Promise<PersonalizedRouterTable> {
  const queries = new Map<string, { query: OutcomeRow['query']; outcomes: Record<string, OutcomeCell> }>();
  const users = new Map<string, UserPreferences>();
  const choices = new Map<string, { turn: RatedTurn; best: string }>();
  for await (const { line, fields } of readCsv({ source: path })) {
    const where = `${path}:${line}`;
    const missing = NEEDED.filter((name) => !fields[name]?.trim());
    if (missing.length > 0) throw wrong(`${where}: ${missing[0]}`, 'filled', fields[missing[0]!]);
    const model = fields.llm!;
    const quality = Number(fields.effect);
    if (!(quality >= 0 && quality <= 1)) throw wrong(`${where}: effect`, 'a number in [0, 1]', fields.effect);
    const task = fields.task_id || null;
    const query = queryFromRow(
      {
        query: fields.query,
        task_name: task,
        metric: fields.metric || null,
        ground_truth: fields.ground_truth || null,
      },
      where,
    );
    const row = queries.get(query.id) ?? { query, outcomes: {} };
    queries.set(query.id, row);
    row.outcomes[model] ??= { quality, status: 'ok' };
    const user = fields.user_id!;
    if (fields.performance_preference) addUser(users, user, Number(fields.performance_preference), where);
    const best = fields.best_llm || fields.best_answer;
    if (!best) continue;
    const key = JSON.stringify([user, query.id]);
    const before = choices.get(key);
    if (before && before.best !== best) {
      throw new VsrError(
        'VSR_DATA',
        `${where}: the best model is ${best}, but ${before.best} in ${before.turn.where}.`,
      );
    }
    if (before?.turn.models.includes(model)) {
      throw new VsrError('VSR_DATA', `${where}: user ${user} rates ${model} twice on one query.`);
    }
    const turn = before?.turn ?? {
      userId: user,
      query: query.query,
      sessionId: `row ${line}`,
      turn: 1,
      time: null,
      models: [],
      ratings: [],
      kind: 'votes' as const,
      where,
    };
    const rated = {
      ...turn,
      models: [...turn.models, model],
      ratings: [...turn.ratings, model === best ? 1 : -1],
    };
    choices.set(key, { turn: rated, best });
  }
  for (const { turn, best } of choices.values()) {
    if (turn.ratings.includes(1)) continue;
    throw new VsrError(
      'VSR_DATA',
      `${turn.where}: the best model is ${best}, which has no row for this user and query.`,
    );
  }
  return {
    outcomes: [...queries.values()],
    users: [...users.values()],
    turns: Array.from(choices.values(), ({ turn }) => turn),
  };
}

function addUser(users: Map<string, UserPreferences>, userId: string, quality: number, where: string): void {
  if (!(quality >= 0 && quality <= 1)) throw wrong(`${where}: performance_preference`, 'a number in [0, 1]', quality);
  const before = users.get(userId);
  if (before && before.quality !== quality) {
    throw new VsrError('VSR_DATA', `${where}: user ${userId} stood before with other preferences.`);
  }
  users.set(userId, { userId, quality, latency: 0, cost: 1 - quality });
}
