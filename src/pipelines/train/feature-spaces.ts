// What the routers of a run see: one feature space, its category weight searched where --tune asks, and again inside every fold.
import type { WeightTrial } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import type { Encoder } from '../../embeddings/encoder.js';
import type { FittedFeatures } from '../../features/fit-feature-space.js';
import type { Matrix } from '../../math/matrix.js';
import type { PipelineContext } from '../context.js';
import { carryCategories, learnFeatures, reweighed, withBlock } from '../learning/learn-features.js';
import type { OutcomeData } from '../learning/outcome-data.js';
import type { LearningPeople } from '../people/learning-people.js';
import { preparePeople } from '../people/prepare-people.js';
import { chooseCategoryWeight, WEIGHTS } from './category-weight.js';
import type { LearningData, RouterRequest } from './fit-routers.js';
import type { TuneOptions } from './tune.js';

interface Source {
  readonly data: OutcomeData;
  readonly requests: readonly RouterRequest[];
  readonly encoder: Encoder;
  /** [N×P] of the whole table. */
  readonly embeddings: Matrix;
  readonly images: LearningData['images'];
}

type Learning = LearningData & { readonly people: LearningPeople };

export interface FeatureSpaces {
  readonly learned: FittedFeatures;
  readonly learning: Learning;
  /** Where the weight was searched. */
  readonly trials?: readonly WeightTrial[];
  /** The same with the weight chosen inside these rows; absent where it is not searched. */
  readonly learningFrom?: (learn: Int32Array, stage: string) => Promise<Learning>;
}

/** @param rows what may be learned from. Throws what fitting the judging routers throws. */
export async function featureSpaces(
  config: VsrConfig,
  { data, requests, encoder, embeddings, images }: Source,
  rows: Int32Array,
  run: Omit<TuneOptions, 'stage'>,
  context: PipelineContext,
): Promise<FeatureSpaces> {
  const { table, groups, units } = data;
  const names = requests.map(({ name }) => name);
  const withPeople = async (fitted: FittedFeatures, heard: PipelineContext): Promise<Learning> => {
    const people = await preparePeople(config, data, encoder, fitted.space, names, heard);
    return { table, features: withBlock(fitted, data, embeddings), images, groups, units, people };
  };
  const isSearched =
    config.train.tune > 0 && config.features.category.weight === 'auto' && carryCategories(table, rows);
  if (!isSearched) {
    const learned = learnFeatures(config, data, rows, embeddings);
    return { learned, learning: await withPeople(learned, context) };
  }

  const whole = learnFeatures(config, data, rows, embeddings, 1);
  const dataWith = (weight: number): LearningData => ({
    table,
    features: withBlock(reweighed(whole, weight), data, embeddings),
    images,
    groups,
  });
  const choose = async (some: Int32Array, stage: string) =>
    chooseCategoryWeight(requests, dataWith, some, { ...run, stage: `${stage}: category weight` }, context);
  const choice = await choose(rows, 'tune');
  const learned = reweighed(whole, choice?.weight ?? WEIGHTS[0]!);
  const learning = await withPeople(learned, context);
  if (!choice) return { learned, learning };
  context.onNotice?.(
    `The category weighs ${choice.weight} beside the embedding, the best of ${WEIGHTS.length} weights.`,
  );

  const silent = { ...context, onNotice: undefined, onWarning: undefined };
  const byWeight = new Map<number, Promise<Learning>>([[choice.weight, Promise.resolve(learning)]]);
  const learningFrom = async (learn: Int32Array, stage: string) => {
    const weight = (await choose(learn, stage))?.weight ?? WEIGHTS[0]!;
    if (!byWeight.has(weight)) byWeight.set(weight, withPeople(reweighed(whole, weight), silent));
    return byWeight.get(weight)!;
  };
  return { learned, learning, trials: choice.trials, learningFrom };
}
