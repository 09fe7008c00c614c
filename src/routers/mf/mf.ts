// The mf router: query and model each as a few factors, their product the expected quality. The projection is trained too.
import { mean } from '../../math/stats.js';
import { defineRouter } from '../define-router.js';
import { fitByGradient } from '../fit-by-gradient.js';
import { tellingRows } from '../indifferent.js';
import { withValue } from '../newcomer.js';
import { outcomesOf } from '../outcomes.js';
import { mfGraph } from './graph.js';
import { initialParameters } from './initial.js';
import { withNewcomer } from './newcomer.js';
import type { MfParams } from './params.js';
import { mfProblem } from './problem.js';
import { mfSpace } from './space.js';
import { constantState, fromState, toState } from './state.js';

export const mf = defineRouter<MfParams>({
  name: 'mf',
  needs: { gradient: true },
  params: async () => (await import('./params.js')).mfParams,
  space: mfSpace,
  scale: (params) => (params.loss === 'bradley_terry' ? 'logit' : 'quality'),
  async fit(table, params, context) {
    const outcomes = outcomesOf(table);
    const telling = tellingRows(table);
    if (telling.length === 0) {
      context.onWarning?.('every query finds its models equally good: each model scores its mean.');
      return constantState(outcomes.prior);
    }
    const parameters = initialParameters(table.features.cols, outcomes.prior, params, context.seed);
    const fitted = await fitByGradient(table, params, context, mfProblem(table, outcomes, params, parameters), {
      rows: params.loss === 'bradley_terry' ? telling : undefined,
      settings: { weightDecay: 0, l2: params.weightDecay },
    });
    return toState(fitted.parameters, params.scorer, table.features.cols);
  },
  addModel: (fitted, newcomer) => {
    const state = fromState(fitted);
    if ('data' in state) return constantState(withValue(state, mean(newcomer.quality)).data);
    const joined = withNewcomer(state, newcomer, fitted.params.loss);
    return { json: fitted.state.json, tensors: { ...joined } };
  },
  graph: (fitted) => mfGraph(fromState(fitted), fitted.params, fitted.featureDim),
});
