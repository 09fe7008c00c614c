// The sections of the commands about people: feedback, simulate-users.
import { z } from 'zod';
import { personId, positiveInt, text } from './values.js';

export const feedback = z
  .strictObject({
    artifacts: text.default('artifacts'),
    userId: personId.pipe(text).optional(),
    query: text.optional(),
    /** Of the query, as decisions name it. */
    id: text.optional(),
    rating: z.number().optional(),
    /** Which answer the rating is of; default the one that was decided on. */
    model: text.optional(),
    prefer: text.optional(),
    over: text.optional(),
    decisions: text.optional(),
    dataFile: text.optional(),
  })
  .prefault({});

export const simulateUsers = z
  .strictObject({
    kind: z.enum(['preferences', 'personas']).default('preferences'),
    output: text.default('users.jsonl'),
    votes: text.default('votes.jsonl'),
    /** Alias of model_config: who plays the personas. */
    model: text.optional(),
    perUser: positiveInt.default(20),
    maxTokens: positiveInt.default(16),
    dataFile: text.optional(),
    responses: text.optional(),
  })
  .prefault({});
