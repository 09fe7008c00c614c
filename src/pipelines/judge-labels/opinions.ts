// What a judge is asked for labels: each answer by itself, twice, or each pair of answers to a query, in both orders.
import { createHash } from 'node:crypto';
import type { Query } from '../../data/query.js';
import { seededRandom } from '../../math/random.js';
import { type AskJudge, judgeAnswer, judgeOrdered } from '../../scoring/judge/judge.js';
import { answerPrompt, type JudgeStyle, pairPrompt } from '../../scoring/judge/judge-prompt.js';

/** One thing to ask, in one order. */
export interface Asking {
  /** Of query, models, answers, judge and prompt: what is asked the same way again is the same opinion. */
  readonly key: string;
  readonly query: Query;
  /** The model whose answer is judged, or the two that are compared. */
  readonly models: readonly [string] | readonly [string, string];
  readonly order: 0 | 1;
  readonly promptHash: string;
  /** The longest prompt that will be sent, without what is added where a reply cannot be read. */
  readonly prompt: string;
  /** Of the first model, in [0, 1]; null where the judge twice said nothing that can be read. */
  ask(judge: AskJudge): Promise<number | null>;
}

export interface JudgedQuery {
  readonly query: Query;
  /** By model. */
  readonly answers: ReadonlyMap<string, string>;
}

export interface AskingOptions {
  readonly judge: string;
  readonly style: JudgeStyle;
  readonly by: 'reference' | 'comparison';
  /** Answers, or pairs, that are judged; 0 = all. */
  readonly limit: number;
  readonly seed: number;
}

/** Both orders of every answer (or pair), in a seeded order, so that what is stopped early is a fair sample. */
export function askings(queries: readonly JudgedQuery[], { judge, style, by, limit, seed }: AskingOptions): Asking[] {
  const units = queries.flatMap(({ query, answers }) => {
    if (by === 'comparison') return pairsOf([...answers]).map((pair) => comparisons(query, pair, judge));
    return [...answers].map((answer) => verdicts(query, answer, judge, style));
  });
  const shuffled = seededRandom(seed).fork('judge-labels').shuffle(units);
  return (limit > 0 ? shuffled.slice(0, limit) : shuffled).flat();
}

type Answer = readonly [model: string, text: string];

function verdicts(query: Query, [model, answer]: Answer, judge: string, style: JudgeStyle): Asking[] {
  const judged = { query: query.query, reference: query.groundTruth, answer };
  return (['reference_first', 'answer_first'] as const).map((order, at): Asking => {
    const prompt = answerPrompt(judged, style, order);
    return {
      ...identity(query, [model], [answer], judge, prompt, at as 0 | 1),
      ask: async (ask) => (await judgeAnswer(ask, judged, style, order))?.quality ?? null,
    };
  });
}

function comparisons(query: Query, [[a, first], [b, second]]: readonly [Answer, Answer], judge: string): Asking[] {
  const common = { query: query.query, reference: query.groundTruth };
  return [0, 1].map((at): Asking => {
    const judged = at === 0 ? { ...common, first, second } : { ...common, first: second, second: first };
    return {
      ...identity(query, [a, b], [first, second], judge, pairPrompt(judged), at as 0 | 1),
      ask: async (ask) => {
        const said = await judgeOrdered(ask, judged);
        if (said === null || said === 'tie') return said && 0.5;
        return Number((said === 'first') === (at === 0));
      },
    };
  });
}

function identity(
  query: Query,
  models: Asking['models'],
  answers: readonly string[],
  judge: string,
  prompt: string,
  order: 0 | 1,
): Omit<Asking, 'ask'> {
  const promptHash = sha256(prompt).slice(0, 16);
  const key = sha256(JSON.stringify([query.id, models, answers, judge, promptHash, query.images, order]));
  return { key, query, models, order, promptHash, prompt };
}

function pairsOf(answers: readonly Answer[]): [Answer, Answer][] {
  return answers.flatMap((a, i) => answers.slice(i + 1).map((b): [Answer, Answer] => [a, b]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
