// The mlp router: a small network from the query's features to the expected quality of every model.
import { defineRouter } from '../define-router.js';
import { fitByGradient } from '../fit-by-gradient.js';
import { tellingRows } from '../indifferent.js';
import { outcomesOf } from '../outcomes.js';
import { ensembleLayers } from './fold.js';
import { mlpGraph } from './graph.js';
import { initialBuffers, initialParameters } from './initial.js';
import type { MlpParams } from './params.js';
import { mlpProblem } from './problem.js';
import { mlpSpace } from './space.js';
import { constantState, fromState, toState } from './state.js';
import { BEST_WITHIN, mlpTargets } from './targets.js';

export const mlp = defineRouter<MlpParams>({
  name: 'mlp',
  needs: { gradient: true },
  params: async () => (await import('./params.js')).mlpParams,
  space: mlpSpace,
  scale: (params) => (params.target === 'best' ? 'logit' : 'quality'),
  async fit(table, params, context) {
    const outcomes = outcomesOf(table);
    const telling = tellingRows(table, params.target === 'best' ? BEST_WITHIN : 0);
    if (telling.length === 0) {
      context.onWarning?.('every query finds its models equally good: each model scores its mean.');
      return constantState(outcomes.prior);
    }
    const targets = mlpTargets(table, outcomes, params);
    const widths = [table.features.cols, ...params.hiddenLayers, table.models.length];
    const parameters = initialParameters(widths, targets.outputBias, params, context.seed);
    const buffers = initialBuffers(widths, params);
    const problem = mlpProblem(table.features, targets, params, { parameters, buffers });
    const rows = params.target === 'best' ? telling : undefined;
    const epochs = params.epochs === 'auto' ? enoughEpochs(rows?.length ?? table.features.rows, params) : params.epochs;
    const fitted = await fitByGradient(table, { ...params, epochs }, context, problem, {
      rows,
      settings: { weightDecay: params.weightDecay, smallestBatch: params.batchNorm === 'none' ? 1 : 2 },
    });
    return toState(ensembleLayers(fitted.parameters, fitted.buffers, widths.length - 1, params), table.features.cols);
  },
  graph: (fitted) => mlpGraph(fromState(fitted), fitted.params, fitted.featureDim),
});

/** On 5,600 rows validation was best after about eleven of 15 falling epochs; few rows need more of them for as many steps. */
const EPOCHS = 15;
const STEPS = 300;

function enoughEpochs(rows: number, { batchSize }: Pick<MlpParams, 'batchSize'>): number {
  return Math.max(EPOCHS, Math.ceil(STEPS / Math.ceil(rows / batchSize)));
}
