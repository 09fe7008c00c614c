// A query for tests, with only what a test says about it.
import { bareQuery, type Query } from '../../../src/data/query.js';

export function queryWith(fields: Partial<Query> = {}): Query {
  return { ...bareQuery('Which one?'), id: 'q1', ...fields };
}
