// The gmtrouter router: a user is the rated past, read by a typed graph network; without a past the ranking for everybody speaks.
// GMTRouter: arXiv 2511.08590; HGT: Hu et al. (2020), arXiv 2003.01332.
import { defineRouter, type Fitted } from '../define-router.js';
import { askerInputs } from './asker-inputs.js';
import { fitGmtrouter } from './fit.js';
import { gmtrouterGraph } from './graph.js';
import type { GmtrouterParams } from './params.js';
import { gmtrouterSpace } from './space.js';
import { fromState } from './state.js';
import { userStateReader } from './user-state.js';

export const gmtrouter = defineRouter<GmtrouterParams>({
  name: 'gmtrouter',
  needs: { gradient: true, users: true, interactions: true },
  params: async () => (await import('./params.js')).gmtrouterParams,
  space: gmtrouterSpace,
  scale: () => 'logit',
  fit: fitGmtrouter,
  inputs: (fitted) => askerInputs(reader(fitted), fitted.params.hidden),
  graph: (fitted) => gmtrouterGraph(fromState(fitted), reader(fitted)(null).state, fitted.params.shrinkage),
  async explain(fitted, _, asker) {
    return { kind: 'history', turns: reader(fitted)(asker?.history ?? null).weights };
  },
});

/** Readers by fitted router: the weights are folded once for the graph, its inputs and the explanations. */
const READERS = new WeakMap<Fitted<GmtrouterParams>, ReturnType<typeof userStateReader>>();

function reader(fitted: Fitted<GmtrouterParams>) {
  const known = READERS.get(fitted) ?? userStateReader(fromState(fitted), fitted.params.historySize);
  READERS.set(fitted, known);
  return known;
}
