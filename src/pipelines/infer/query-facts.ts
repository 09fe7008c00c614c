// What a decision knows of a query besides its scores.
import type { Query } from '../../data/query.js';
import type { QueryFacts } from '../../routers/decide-masks.js';

/** What an image usually takes of a model's window and budget. */
export const TOKENS_OF_AN_IMAGE = 1000;
/** As benchmark estimates where a server does not count. */
const CHARACTERS_PER_TOKEN = 4;

export function queryFacts({ query, images }: Pick<Query, 'query' | 'images'>): QueryFacts {
  return {
    inputTokens: Math.ceil(query.length / CHARACTERS_PER_TOKEN) + images.length * TOKENS_OF_AN_IMAGE,
    hasImage: images.length > 0,
  };
}
