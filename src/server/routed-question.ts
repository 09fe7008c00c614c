// What the router sees of a conversation: the question alone, everything said, or the question with the earlier ones most like it.
import { rowOf } from '../math/matrix.js';
import type { RoutingSession } from '../pipelines/infer/routing-session.js';
import type { Asked } from './asked.js';

const USUAL_TOP_K = 3;

export interface RoutedQuestion {
  readonly text: string;
  /** URLs, the newest last. */
  readonly images: readonly string[];
}

/** Throws what the encoder throws, for retrieval alone. */
export async function routedQuestion(
  asked: Asked,
  session: Pick<RoutingSession, 'embed'>,
  signal?: AbortSignal,
): Promise<RoutedQuestion> {
  const { earlier, policy } = asked;
  if (earlier.length === 0 || policy.mode === undefined || policy.mode === 'current_only') return asked;
  if (policy.mode === 'full_context') return together([...earlier, asked]);
  const questions = earlier.filter(({ role }) => role === 'user');
  const vectors = await session.embed([asked.text, ...questions.map(({ text }) => text)], signal);
  const asking = rowOf(vectors, 0);
  const alike = questions
    .map((question, i) => ({ question, i, similarity: dot(asking, rowOf(vectors, i + 1)) }))
    .sort((a, b) => b.similarity - a.similarity || b.i - a.i)
    .slice(0, policy.topK ?? USUAL_TOP_K)
    .sort((a, b) => a.i - b.i);
  return together([...alike.map(({ question }) => question), asked]);
}

function together(turns: readonly RoutedQuestion[]): RoutedQuestion {
  return { text: turns.map(({ text }) => text).join('\n'), images: turns.flatMap(({ images }) => images) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
