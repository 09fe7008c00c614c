// The svm router: one support-vector machine per model, each asked whether its model is among the best for a query.
// One against the rest, weighted by what is at stake in each row; sequential minimal optimisation in smo.ts.
import { defineRouter } from '../define-router.js';
import { outcomesOf } from '../outcomes.js';
import { fitMachines } from './fit.js';
import { svmGraph } from './graph.js';
import type { SvmParams } from './params.js';
import { svmSpace } from './space.js';
import { fromState, toState } from './state.js';

export const svm = defineRouter<SvmParams>({
  name: 'svm',
  params: async () => (await import('./params.js')).svmParams,
  space: svmSpace,
  scale: ({ target, calibration }) => (target === 'best' && calibration === 'none' ? 'logit' : 'quality'),
  fit: async (table, params, context) => toState(await fitMachines(table, outcomesOf(table).prior, params, context)),
  graph: (fitted) => svmGraph(fromState(fitted), fitted.params),
});
