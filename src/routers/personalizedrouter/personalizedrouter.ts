// The personalizedrouter: users, tasks, queries and models in one graph; a user by declared weights, by the own rated past, or both.
// After PersonalizedRouter (arXiv 2511.16883, TMLR 2025); users meet query and model in the score here.
import { defineRouter, type Fitted } from '../define-router.js';
import { askerStates } from './asker-inputs.js';
import { historyExplainer } from './explain.js';
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
  inputs: (fitted) => servedBy(fitted).askers.inputs,
  explain: (fitted, features, asker) => servedBy(fitted).explain(features, asker),
});

/** What serving remembers of a fitted router: pasts that the network has read. */
const SERVED = new WeakMap<Fitted<PersonalizedRouterParams>, ReturnType<typeof serving>>();

function servedBy(fitted: Fitted<PersonalizedRouterParams>) {
  const known = SERVED.get(fitted) ?? serving(fitted);
  SERVED.set(fitted, known);
  return known;
}

function serving(fitted: Fitted<PersonalizedRouterParams>) {
  const state = fromState(fitted);
  const askers = askerStates(state, fitted.featureDim, fitted.params.historySize);
  return { askers, explain: historyExplainer(state, askers) };
}
