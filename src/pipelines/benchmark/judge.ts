// The judge of a run: which model it is, what a verdict costs, and when it is asked no more.
import type { VsrConfig } from '../../config/schema.js';
import { type Provider, ProviderFailure } from '../../providers/provider.js';
import { judgeAnswer } from '../../scoring/judge/judge.js';
import { answerPrompt, askAgain, judgePromptHash } from '../../scoring/judge/judge-prompt.js';
import type { ScoringResult } from '../../scoring/scorer.js';
import { addReply, nothingUsed } from './judge-use.js';
import type { LateScore } from './late-scoring.js';
import type { AskedModel } from './models.js';
import { type Call, routesFor } from './plan.js';
import { costOf, mostTokens } from './price.js';

export interface Judge {
  readonly model: string;
  readonly promptHash: string;
  /** Asks once, and once more where the reply cannot be read. A judge that fails gives no quality, never a 0. */
  score(call: Call, answer: string, signal: AbortSignal): Promise<LateScore>;
  /** US dollars of both questions with the longest answer and the longest replies; null = unknown. */
  worstCost(call: Call): number | null;
  /** It refused so often in a row that asking it is no use. */
  readonly isDead: boolean;
}

const REFUSALS_BEFORE_STOP = 3;

export function createJudge(config: VsrConfig, model: AskedModel, providers: ReadonlyMap<string, Provider>): Judge {
  const { style, maxTokens } = config.scoring.judge;
  const promptHash = judgePromptHash(style);
  let refusals = 0;

  const ask = async (call: Call, prompt: string, signal: AbortSignal) => {
    let failure: ProviderFailure | undefined;
    for (const { endpoint, model: name } of routesFor({ ...call, model })) {
      try {
        return await providers.get(endpoint.name)!.complete({
          queryId: call.question.query.id,
          alias: model.alias,
          model: name,
          prompt,
          ...(model.systemPrompt !== undefined && { systemPrompt: model.systemPrompt }),
          images: [],
          maxTokens,
          temperature: 0,
          seed: config.seed,
          signal,
        });
      } catch (error) {
        if (!(error instanceof ProviderFailure)) throw error;
        failure = error;
        if (error.status !== 'network') break;
      }
    }
    throw failure!;
  };

  return {
    model: model.alias,
    promptHash,
    get isDead() {
      return refusals >= REFUSALS_BEFORE_STOP;
    },
    worstCost(call) {
      const { query, groundTruth } = call.question.query;
      const reference = [groundTruth ?? []].flat().join('\n');
      // An answer of so many tokens may be more of them to another tokeniser.
      const once = mostTokens(PROMPT_WITHOUT_TEXTS, query, reference) + 2 * call.model.maxTokens;
      return costOf(model.price, { inputTokens: 2 * once, outputTokens: 2 * maxTokens });
    },
    async score(call, answer, signal) {
      const { query, groundTruth } = call.question.query;
      const use = nothingUsed(model.alias, promptHash);
      try {
        const verdict = await judgeAnswer(
          async (prompt) => {
            use.calls++;
            const completion = await ask(call, prompt, signal);
            addReply(use, model.price, completion);
            return completion.text;
          },
          { query, reference: groundTruth, answer },
          style,
        );
        refusals = 0;
        if (verdict === null) return { found: unjudged(), judge: use, error: `judge ${model.alias}: unreadable twice` };
        const { quality, reason } = verdict;
        return { found: { quality, extracted: null, rule: reason ?? 'judged', flags: [] }, judge: use };
      } catch (error) {
        if (!(error instanceof ProviderFailure)) throw error;
        refusals = error.status === 'auth' || error.status === 'bad_request' ? refusals + 1 : 0;
        const made = error.attempts > 0 && error.status !== 'canceled';
        return {
          found: unjudged(),
          ...((made || use.calls > 1) && { judge: use }),
          error: `judge ${model.alias}: ${error.message}`,
        };
      }
    },
  };
}

const PROMPT_WITHOUT_TEXTS = askAgain(answerPrompt({ query: '', reference: '', answer: '' }), 'score');

function unjudged(): ScoringResult {
  return { quality: null, extracted: null, rule: 'no verdict', flags: [] };
}
