// The personalizedrouter: users, tasks, queries and models in one graph; a user by declared weights, by the own rated past, or both.
// After PersonalizedRouter (arXiv 2511.16883, TMLR 2025); users meet query and model in the score here.
import { defineRouter } from '../define-router.js';
import { askerStates } from './asker-inputs.js';
import { personalGraph } from './graph.js';
import { withNewcomer } from './newcomer.js';
import type { PersonalizedRouterParams } from './params.js';
import { personalizedRouterSpace } from './space.js';
import { fromState, toState } from './state.js';

export const personalizedRouter = defineRouter<PersonalizedRouterParams>({
  name: 'personalizedrouter',
  needs: { gradient: true, users: true },
  params: async () => (await import('./params.js')).personalizedRouterParams,
  space: personalizedRouterSpace,
  // Scores hold each user's own weights: nothing is to be added to them.
  scale: () => 'utility',
  fit: async (table, params, context) => (await import('./fit.js')).fitPersonalizedRouter(table, params, context),
  graph: (fitted) => personalGraph(fromState(fitted), fitted.featureDim, fitted.models.length),
  addModel: (fitted, newcomer) =>
    toState(withNewcomer(fromState(fitted), newcomer, fitted.models, fitted.params.llmFamily)),
  inputs: (fitted) => askerStates(fromState(fitted), fitted.featureDim, fitted.params.historySize).inputs,
});
