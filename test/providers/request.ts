// A request for tests of providers.
import type { CompletionRequest } from '../../src/providers/provider.js';

export const REQUEST: CompletionRequest = {
  queryId: 'q',
  alias: 'm',
  model: 'm-1',
  prompt: 'What is 2 + 2?',
  images: [],
  maxTokens: 64,
  temperature: 0,
};
