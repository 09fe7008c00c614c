// The four ways to find a text's category, each as: texts → answers, null where it failed.
import { environment } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import { normaliseCategory } from '../../data/category.js';
import { VsrError } from '../../errors/vsr-error.js';
import { categoryProbabilities } from '../../features/category-classifier.js';
import { categoryList } from '../../features/category-list.js';
import { categoryByKeywords } from '../../features/keyword-rules.js';
import { rowOf } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import type { Provider } from '../../providers/provider.js';
import { askedModels } from '../benchmark/models.js';
import { openProviders } from '../benchmark/open-providers.js';
import type { PipelineContext } from '../context.js';
import { readClassifier } from '../trained/feature-files.js';
import { openTrained } from '../trained/trained-router.js';

export interface Categorised {
  readonly category: string;
  /** null: whoever was asked does not say. */
  readonly confidence: number | null;
}

/** Throws for one text what failed; the caller tries again and counts. */
export type Classify = (texts: readonly string[]) => Promise<(Categorised | null)[]>;

export interface Method {
  readonly classify: Classify;
  /** One text a call, which may fail and be tried again. */
  readonly remote: boolean;
}

/** Throws before any row is read: `VSR_ARTIFACT`, `VSR_USAGE`, `VSR_MODEL_UNKNOWN`, `VSR_CONFIG`. */
export async function openMethod(config: VsrConfig, context: PipelineContext): Promise<Method> {
  const list = categoryList(config.features.category.labels);
  const { model, method = model === undefined ? 'classifier' : 'llm' } = config.addCategory;
  if (model !== undefined && method !== 'llm') {
    throw new VsrError('VSR_USAGE', `add-category: a model (${model}) is named, and the method ${method} asks none.`, {
      hint: 'Leave one of the two out.',
    });
  }
  if (method === 'keyword') {
    const { keywords } = config.features.category;
    return {
      remote: false,
      classify: async (texts) => texts.map((text) => categoryByKeywords(text, list, keywords)),
    };
  }
  if (method === 'classifier') return { remote: false, classify: await byClassifier(config, context) };
  return {
    remote: true,
    classify: method === 'http' ? await byServer(config, list, context) : await byModel(config, list, context),
  };
}

async function byClassifier(config: VsrConfig, context: PipelineContext): Promise<Classify> {
  const { artifacts } = config.addCategory;
  const { artifact, encoder } = await openTrained(artifacts, config.embedding, context);
  const classifier = readClassifier(artifact);
  if (!classifier) {
    throw new VsrError(
      'VSR_ARTIFACT',
      `${artifacts} holds no category classifier: its train rows named no two categories.`,
      {
        hint: 'Train on rows with a category or a known task, or use --method keyword or llm.',
      },
    );
  }
  return async (texts) => {
    const { vectors } = await encoder.embed(texts, context.signal);
    const probabilities = categoryProbabilities(classifier, vectors);
    return texts.map((_, i) => {
      const row = rowOf(probabilities, i);
      const most = row.reduce((best, value) => Math.max(best, value), 0);
      return { category: classifier.labels[row.indexOf(most)]!, confidence: most };
    });
  };
}

async function byServer(config: VsrConfig, list: readonly string[], context: PipelineContext): Promise<Classify> {
  const { intentClassifier } = await import('../../providers/classify-intent.js');
  const uniform = seededRandom(config.seed).fork('add-category').uniform;
  const ask = intentClassifier({ url: config.addCategory.vsrUrl, uniform });
  return async ([text]) => {
    const { category, confidence } = await ask(text!, context.signal);
    return [{ category: normaliseCategory(category, list).category, confidence }];
  };
}

async function byModel(config: VsrConfig, list: readonly string[], context: PipelineContext): Promise<Classify> {
  const { model: alias } = config.addCategory;
  if (alias === undefined) {
    throw new VsrError('VSR_USAGE', 'add-category --method llm needs --model, an alias of model_config.');
  }
  const nothing = { path: 'add-category', queries: [], recorded: new Map(), recordedModels: [] };
  const only = { ...config, benchmark: { ...config.benchmark, models: [alias] } };
  const models = askedModels(only, nothing, new Map(), () => false);
  const providers = await openProviders(models, nothing, only, { environment: environment() });
  const { routes, temperature } = models[0]!;
  const { endpoint, model } = routes[0]!;
  const provider: Provider = providers.get(endpoint.name)!;
  return async ([text]) => {
    const { text: answer } = await provider.complete({
      queryId: 'add-category',
      alias,
      model,
      prompt: `Which one of these categories does the text belong to: ${list.join(', ')}?\nAnswer with the category alone.\n\nText:\n${text}`,
      images: [],
      maxTokens: 256,
      temperature,
      ...(context.signal && { signal: context.signal }),
    });
    const said = answer.toLowerCase().replaceAll('_', ' ');
    const named = list
      .map((name) => ({ name, at: said.lastIndexOf(name) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => b.at - a.at || b.name.length - a.name.length)[0];
    return [named ? { category: named.name, confidence: null } : null];
  };
}
