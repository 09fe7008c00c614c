// Where no candidate may answer: the default model does, with a warning, unless it cannot take the query either.
import { VsrError } from '../../errors/vsr-error.js';
import type { Decision, DecisionPolicy } from '../../routers/decide.js';
import { type QueryFacts, unableTo } from '../../routers/decide-masks.js';
import type { PipelineContext } from '../context.js';

/** @param named the query, as a person finds it. Throws `VSR_DATA` where nobody can take it. */
export function checkDefaultModel(
  named: string,
  { reason, model, masked }: Pick<Decision, 'reason' | 'model' | 'masked'>,
  facts: QueryFacts,
  policy: DecisionPolicy,
  context: PipelineContext,
): void {
  if (reason !== 'default_model') return;
  const why = Object.entries(masked).map(([name, mask]) => `${name}: ${mask}`);
  const unable = unableTo(policy.models.indexOf(model), facts, policy);
  if (!unable) {
    context.onWarning?.(`${named}: no candidate can take it (${why.join(', ')}); the default model ${model} answers.`);
    return;
  }
  const hint =
    unable === 'no_image_support'
      ? 'Name a --fallback that sees, or declare in models.json what a model takes: "modalities": ["text", "image"].'
      : 'Name a --fallback with a larger context_window, or shorten the query.';
  throw new VsrError('VSR_DATA', `${named}: no candidate can take it (${why.join(', ')}), nor can the fallback.`, {
    hint,
  });
}
