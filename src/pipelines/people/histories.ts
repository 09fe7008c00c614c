// histories/<shard>.jsonl: each person's newest rated turns, so that a router can be told who asks.
import type { PeopleSummary } from '../../artifacts/manifest.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Matrix, rowOf } from '../../math/matrix.js';
import type { LearningPeople } from './learning-people.js';
import { historyFile, KEPT_TURNS } from './shard.js';
import { simulatedTurns } from './simulated-turns.js';
import { encodeVector, type StoredTurn } from './stored-turn.js';

/** The turns of all people; where nobody has rated anything, the simulated ones on `rows`. */
export function histories(
  { table, features }: { readonly table: OutcomeTable; readonly features: Matrix },
  rows: Int32Array,
  { known, cost, turnFeatures, turnQuery, simulatedVotes, seed }: LearningPeople,
  encoder: string,
): { readonly files: Readonly<Record<string, string>>; readonly summary: Omit<PeopleSummary, 'routers'> } {
  const real = known.turns.length > 0;
  const { turns, rows: rowOfTurn } = real
    ? { turns: known.turns, rows: turnQuery }
    : simulatedTurns(simulatedVotes ? known.people : [], table, cost, rows, seed);
  const from = real ? turnFeatures : features;
  const orders = real ? known.orders : Float64Array.from(turns, ({ turn }) => turn!);
  const ofUser = new Map<string, number[]>();
  turns.forEach(({ userId }, i) => {
    const own = ofUser.get(userId);
    if (own) own.push(i);
    else ofUser.set(userId, [i]);
  });
  const lines = new Map<string, string[]>();
  for (const [user, own] of ofUser) {
    const newest = own.sort((a, b) => orders[a]! - orders[b]! || a - b).slice(-KEPT_TURNS);
    const file = historyFile(user);
    const shard = lines.get(file) ?? [];
    lines.set(file, shard);
    for (const i of newest) {
      const { query, sessionId, models, ratings, kind } = turns[i]!;
      const stored: StoredTurn = {
        user,
        session: sessionId,
        order: orders[i]!,
        query,
        models,
        ratings,
        kind,
        ...((!real || known.simulated) && { simulated: true }),
        ...(!real && { implied: true }),
        encoder,
        vector: encodeVector(rowOf(from, rowOfTurn[i]!)),
      };
      shard.push(`${JSON.stringify(stored)}\n`);
    }
  }
  return {
    files: Object.fromEntries(Array.from(lines, ([file, texts]) => [file, texts.join('')])),
    summary: {
      users: known.people.length,
      turns: known.turns.length,
      simulated: known.simulated ? 'users' : simulatedVotes ? 'votes' : 'none',
    },
  };
}
