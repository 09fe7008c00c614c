// Scores that take their time: answers that are run as code, answers that a judge reads.
import { availableParallelism } from 'node:os';
import type { VsrConfig } from '../../config/schema.js';
import { parsePythonLiteral } from '../../data/python-literal.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { Provider } from '../../providers/provider.js';
import type { AsyncScorer } from '../../scoring/async-scorer.js';
import type { ScoringResult } from '../../scoring/scorer.js';
import type { JudgeUse } from './journal.js';
import { createJudge, type Judge } from './judge.js';
import type { AskedModel } from './models.js';
import type { Call } from './plan.js';
import type { Question } from './questions.js';

export interface LateScore {
  readonly found: ScoringResult;
  readonly judge?: JudgeUse;
  /** Why there is no quality. */
  readonly error?: string;
}

export interface LateScoring {
  /** Answers to this question are scored here: code that may run, or a judge that is there. */
  scores(question: Question): boolean;
  /** Throws nothing but bugs and `VSR_DATA`. */
  score(call: Call, answer: string, signal: AbortSignal): Promise<LateScore>;
  /** US dollars that scoring one answer may take at most; null = unknown. */
  worstCost(call: Call): number | null;
  /** null where no judge is set. */
  readonly judge: Judge | null;
}

/** Python is looked for only where it is needed and allowed. */
export async function openLateScoring(
  config: VsrConfig,
  questions: readonly Question[],
  judgeModel: AskedModel | null,
  providers: ReadonlyMap<string, Provider>,
): Promise<LateScoring> {
  const code = await codeScorerFor(config, questions);
  const judge = judgeModel && createJudge(config, judgeModel, providers);
  return {
    judge,
    scores: ({ scorer }) => (scorer.name === 'code' && code !== null) || (scorer.name === 'judge' && judge !== null),
    worstCost: (call) => (call.question.scorer.name === 'judge' && judge ? judge.worstCost(call) : 0),
    async score(call, answer, signal) {
      const { query } = call.question;
      if (call.question.scorer.name === 'judge') return judge!.score(call, answer, signal);
      const found = await code!({ answer, query: query.query, groundTruth: query.groundTruth, signal });
      return { found };
    },
  };
}

/** null where code may not run, none has to, or python3 is absent. */
async function codeScorerFor(config: VsrConfig, questions: readonly Question[]): Promise<AsyncScorer | null> {
  const wanted = questions.some(({ scorer, query }) => scorer.name === 'code' && query.groundTruth !== null);
  if (!config.benchmark.allowCodeExecution || !wanted) return null;
  const { findSandbox } = await import('../../scoring/code/sandbox.js');
  const sandbox = findSandbox();
  if (sandbox === null) return null;
  const [{ codeScorer }, { default: Queue }] = await Promise.all([
    import('../../scoring/code/score-code.js'),
    import('p-queue'),
  ]);
  const score = codeScorer(sandbox, parsePythonLiteral);
  // More programs at a time than cores would run each other out of time.
  const queue = new Queue({ concurrency: availableParallelism() });
  return (input) => queue.add(() => score(input));
}

/** Refuses a judge that would judge itself, unless that is wished. Throws `VSR_CONFIG`. */
export function refuseSelfJudge(config: VsrConfig, candidates: readonly string[]): void {
  const { model, allowSelf } = config.scoring.judge;
  if (model === undefined || allowSelf || !candidates.includes(model)) return;
  throw new VsrError('VSR_CONFIG', `${model} is both the judge and one of the models to be judged.`, {
    hint: 'Name the models to ask with --models, choose another --judge-model, or set scoring.judge.allow_self: true.',
  });
}
