// Trains the network: it starts at every model's mean, and keeps that where no epoch knows better.
import { seededRandom } from '../../math/random.js';
import { denseBuffers, denseParameters } from '../../training/dense-start.js';
import { foldedLayers, type Layer } from '../../training/folded-layers.js';
import { fitByGradient } from '../fit-by-gradient.js';
import { innerSplit } from '../inner-validation.js';
import type { FitContext, RouterState, TrainingTable } from '../router.js';
import { checkImages } from './check-images.js';
import { type InputBlocks, inputBlocks, inputRows, inputWidth, withoutCentring } from './input-block.js';
import type { AutorouterParams } from './params.js';
import { autorouterProblem, normPlace } from './problem.js';
import { constantState, layersState } from './state.js';
import { type AutorouterTargets, autorouterTargets } from './targets.js';

/** Throws `VSR_TRAINING_DATA`, `VSR_ENGINE` or `VSR_ABORTED`. */
export async function fitAutorouter(
  table: TrainingTable,
  params: AutorouterParams,
  context: FitContext,
): Promise<RouterState> {
  const { features, images, models } = table;
  if (images) checkImages(images, features.rows, 'VSR_TRAINING_DATA');
  const targets = autorouterTargets(table, params);
  if (targets.constants.every((constant) => constant !== null)) {
    context.onWarning?.('every model has fewer than 5 right or fewer than 5 wrong answers: each scores its mean.');
    return constantState(targets.outputBias.map((z) => 1 / (1 + Math.exp(-z))));
  }
  warnOfConstants(models, targets, context);
  const blocks = inputBlocks(features, images);
  const widths = [inputWidth(blocks), ...params.hiddenLayers, models.length];
  const batchNorm = normPlace(params);
  const start = { batchNorm, outputBias: targets.outputBias, outputSpread: 0 };
  const parameters = denseParameters(widths, start, seededRandom(context.seed).fork('weights'));
  const buffers = denseBuffers(widths, start);
  const problem = autorouterProblem(inputRows(blocks, features, images), targets, params, { parameters, buffers });
  const split = innerSplit(table.groups, context.seed, undefined, FEWEST_JUDGES);
  const fitted = await fitByGradient(table, { ...params, ...fitLength(split.rows.length, params) }, context, problem, {
    split,
    settings: { weightDecay: params.weightDecay, startCounts: true, smallestBatch: params.batchNorm ? 2 : 1 },
  });
  if (fitted.bestEpoch === 0) context.onWarning?.('queries told no more than the means: each model scores its mean.');
  const layers = foldedLayers(fitted.parameters, fitted.buffers, widths.length - 1, batchNorm);
  return layersState(plainLayers(layers, blocks, targets), blocks.image?.mean.length ?? 0);
}

/** Judged by twenty queries, one label that is wrong and surely contradicted outweighs all that a fit has learned, and ends it. */
const FEWEST_JUDGES = 50;
/** On some thousand queries fifty epochs are plenty; few queries need more of them for as many steps. */
const EPOCHS = 50;
const STEPS = 300;
const MOST_PATIENCE = 4;

/** Where `auto` makes more epochs of fewer steps, patience grows with them, at most fourfold. */
function fitLength(rows: number, { epochs, patience, batchSize }: AutorouterParams) {
  if (epochs !== 'auto') return { epochs, patience };
  const enough = Math.max(EPOCHS, Math.ceil(STEPS / Math.ceil(rows / batchSize)));
  return { epochs: enough, patience: Math.round(patience * Math.min(MOST_PATIENCE, enough / EPOCHS)) };
}

/** Centring, −ln w and the constant models folded in. */
function plainLayers(layers: readonly Layer[], blocks: InputBlocks, { shift, constants }: AutorouterTargets): Layer[] {
  const [first, ...rest] = layers;
  const plain = [withoutCentring(first!, blocks), ...rest];
  const { weights, bias, inputs } = plain.at(-1)!;
  constants.forEach((constant, m) => {
    bias[m] = constant ?? bias[m]! - shift[m]!;
    if (constant !== null) weights.fill(0, m * inputs, (m + 1) * inputs);
  });
  return plain;
}

function warnOfConstants(models: readonly string[], { constants }: AutorouterTargets, context: FitContext): void {
  const names = models.filter((_, m) => constants[m] !== null);
  if (names.length === 0) return;
  context.onWarning?.(
    `${names.join(', ')}: fewer than 5 right or fewer than 5 wrong answers, the score is the same for every query.`,
  );
}
