// The autorouter: from a query's text and image the probability that each model answers well, each model on its own.
// After the auto-router of NVIDIA's llm-router v2 (a multi-label network over CLIP vectors); which model to take is decide.ts's.
import { defineRouter } from '../define-router.js';
import { autorouterGraph } from './graph.js';
import { imageInputs } from './image-inputs.js';
import { withNewcomer } from './newcomer.js';
import type { AutorouterParams } from './params.js';
import { autorouterSpace } from './space.js';
import { fromState, toState } from './state.js';

export const autorouter = defineRouter<AutorouterParams>({
  name: 'autorouter',
  needs: { gradient: true, images: true },
  decidesByThresholds: true,
  params: async () => (await import('./params.js')).autorouterParams,
  space: autorouterSpace,
  scale: () => 'quality',
  fit: async (table, params, context) => (await import('./fit.js')).fitAutorouter(table, params, context),
  fewestOutcomes: 0,
  trustsNewcomersFrom: 30,
  addModel: (fitted, newcomer) => toState(withNewcomer(fromState(fitted), newcomer)),
  graph: (fitted) => autorouterGraph(fromState(fitted), fitted.featureDim),
  inputs: (fitted) => {
    const { imageDim } = fromState(fitted);
    return (batch) => imageInputs(batch, imageDim);
  },
});
