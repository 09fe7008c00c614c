// The rankrouter: two towers learn from pairs which model suits a query better; a model joins by what it is good at.
// After the RankRouter reproduction (dual tower over queries and model capabilities), from the ranking of all models outwards.
import { defineRouter } from '../define-router.js';
import { rankGraph } from './graph.js';
import { withConstantNewcomer, withNewcomer } from './newcomer.js';
import type { RankrouterParams } from './params.js';
import { rankrouterSpace } from './space.js';
import { constantState, fromState, toState } from './state.js';

export const rankrouter = defineRouter<RankrouterParams>({
  name: 'rankrouter',
  needs: { gradient: true, votes: true },
  params: async () => (await import('./params.js')).rankrouterParams,
  space: rankrouterSpace,
  scale: () => 'logit',
  fit: async (table, params, context) => (await import('./fit.js')).fitRankrouter(table, params, context),
  fewestOutcomes: 0,
  addModel: (fitted, newcomer) => {
    const state = fromState(fitted);
    if ('strengths' in state) return constantState(withConstantNewcomer(state, newcomer));
    return toState(withNewcomer(state, newcomer));
  },
  graph: (fitted) => rankGraph(fromState(fitted), fitted.featureDim),
});
