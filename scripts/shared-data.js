// Reads the data that maintainers measure routers on: nine models' outcomes with their embeddings, and real judges' votes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpy } from '../dist/data/npy.js';

/** The objects of a JSON-lines file. */
export function readLines(folder, file) {
  return readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** [rows×D] of embeddings.minilm.f16.npy. */
export function readVectors(folder) {
  const { shape, data } = readNpy(readFileSync(join(folder, 'embeddings.minilm.f16.npy')), 'embeddings');
  return { rows: shape[0], cols: shape[1], data: Float32Array.from(data) };
}

/**
 * human-votes.jsonl and questions.jsonl: each vote with its judge, its models as columns, its question, and the row of `features`
 * that its turn stands in. rating is 1 (the first won), −1 or 0.
 */
export function readVotes(folder) {
  const raw = readLines(folder, 'human-votes.jsonl');
  const questions = readLines(folder, 'questions.jsonl');
  const rows = questions.flatMap(({ question_id, turns }) => turns.map((_, t) => `${question_id} ${t + 1}`));
  const categoryOf = new Map(questions.map(({ question_id, category }) => [question_id, category ?? 'all']));
  const models = [...new Set(raw.flatMap(({ model_a, model_b }) => [model_a, model_b]))].sort();
  const votes = raw.map(({ judge, model_a, model_b, question_id, turn, winner }) => ({
    judge,
    question: question_id,
    turn,
    category: categoryOf.get(question_id),
    query: rows.indexOf(`${question_id} ${turn}`),
    models: [models.indexOf(model_a), models.indexOf(model_b)],
    rating: winner === 'model_a' ? 1 : winner === 'model_b' ? -1 : 0,
  }));
  return { models, votes, features: readVectors(folder) };
}

/**
 * Votes as the columns that routers take.
 * @param votes each with user, order, session, query, models (one: it was rated alone) and rating
 */
export function columns(features, votes, queryGroups = Int32Array.from({ length: features.rows }, (_, i) => i)) {
  const users = [...new Set(votes.map(({ user }) => user))];
  const numberOf = new Map(users.map((user, u) => [user, u]));
  const cells = votes.flatMap((vote, group) =>
    vote.models.map((model, side) => ({ ...vote, group, model, rating: side ? -vote.rating : vote.rating })),
  );
  const ints = (of) => Int32Array.from(cells, of);
  return {
    features,
    users: users.map(String),
    user: ints(({ user }) => numberOf.get(user)),
    group: ints(({ group }) => group),
    order: Float64Array.from(cells, ({ order }) => order),
    session: ints(({ session }) => session),
    query: ints(({ query }) => query),
    model: ints(({ model }) => model),
    rating: Float64Array.from(cells, ({ rating }) => rating),
    kind: 'votes',
    queryGroups,
  };
}

/** A table without outcomes: all that is known is what people said. */
export function votesTable({ features, models }, interactions) {
  const quality = {
    rows: features.rows,
    cols: models.length,
    data: new Float64Array(features.rows * models.length).fill(Number.NaN),
  };
  return { models, features, quality, groups: interactions.queryGroups, interactions };
}
