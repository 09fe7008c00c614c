// A query for tests, with only what a test says about it.
import type { Query } from '../../../src/data/query.js';

export function queryWith(fields: Partial<Query> = {}): Query {
  return {
    id: 'q1',
    query: 'Which one?',
    groundTruth: null,
    metric: null,
    choices: null,
    category: null,
    taskName: null,
    userId: null,
    sessionId: null,
    images: [],
    split: null,
    extra: {},
    ...fields,
  };
}
