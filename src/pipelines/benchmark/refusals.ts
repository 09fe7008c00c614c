// What a run refuses before its first call: outputs that would destroy something, budgets that cannot be kept, queries that nothing can score.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeError } from '../../artifacts/atomic-write.js';
import type { VsrConfig } from '../../config/schema.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { PipelineContext } from '../context.js';
import type { LateScoring } from './late-scoring.js';
import type { AskedModel } from './models.js';
import type { RunPaths } from './paths.js';
import type { Plan } from './plan.js';
import type { Question } from './questions.js';
import { reportsCost } from './reported-prices.js';
import { worstCost } from './worst-cost.js';

/** An output that would destroy its own input or has no place to be. Throws `VSR_USAGE` and `VSR_FILE`. */
export function refuseOutput({ outcomes, meta, responses, journal }: RunPaths, queries: string): void {
  if ([outcomes, meta, responses, journal].some((path) => resolve(path) === resolve(queries))) {
    throw new VsrError('VSR_USAGE', `--output ${outcomes} would overwrite the queries in ${queries}.`, {
      hint: 'Choose another --output.',
    });
  }
  const directory = [outcomes, meta, responses].find((path) =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory(),
  );
  if (directory !== undefined) {
    throw writeError(directory, Object.assign(new Error('directory'), { code: 'EISDIR', syscall: 'open' }));
  }
}

/** Outcomes without a journal come from somewhere else: they are not replaced unasked. Throws `VSR_FILE`. */
export function refuseForeignOutput({ outcomes, journal }: RunPaths): void {
  if (!existsSync(outcomes) || existsSync(journal)) return;
  throw new VsrError('VSR_FILE', `${outcomes} exists, but not the journal of a run that wrote it (${journal}).`, {
    hint: 'Choose another --output, or replace it with --fresh.',
  });
}

/** Switches that contradict each other. Throws `VSR_USAGE`. */
export function refuseContradictions({ benchmark }: VsrConfig): void {
  const { rescore, fresh, retryFailed } = benchmark;
  if (rescore && fresh) {
    throw new VsrError('VSR_USAGE', '--rescore scores the answers that are stored, and --fresh throws them away.', {
      hint: 'Give one of the two.',
    });
  }
  if (rescore && retryFailed) {
    throw new VsrError('VSR_USAGE', '--rescore asks no model, and --retry-failed asks them again.', {
      hint: 'Run the command twice, once with each.',
    });
  }
}

/**
 * Answers that nothing here can score still cost money: refused where that is all of them, else said.
 * Throws `VSR_DATA`.
 */
export function refuseUnscored(
  questions: readonly Question[],
  late: Pick<LateScoring, 'scores'>,
  config: VsrConfig,
  path: string,
  context: PipelineContext,
): void {
  const names = new Set(['unscored', 'code', 'judge']);
  const unscored = questions.filter((question) => names.has(question.scorer.name) && !late.scores(question));
  if (unscored.length === 0) return;
  const code = unscored.filter(({ scorer }) => scorer.name === 'code').length;
  const ways = [
    ...(code > 0 && !config.benchmark.allowCodeExecution ? ['--allow-code-execution runs the tests of code rows'] : []),
    ...(code > 0 && config.benchmark.allowCodeExecution ? ['code rows need python3'] : []),
    ...(code < unscored.length ? ['rows without a truth need ground_truth, or a judge (--judge-model)'] : []),
  ];
  const hint = `${ways.join('; ')}.`;
  if (unscored.length === questions.length) {
    throw new VsrError(
      'VSR_DATA',
      `${path}: none of the ${questions.length} queries can be scored, so every answer would be paid for in vain.`,
      { hint: `${hint.charAt(0).toUpperCase()}${hint.slice(1)}` },
    );
  }
  context.onWarning?.(
    `${unscored.length} of ${questions.length} queries cannot be scored (no truth, or a metric that runs code or asks a judge): they are asked and paid for, and stay without a quality. To change that: ${hint}`,
  );
}

/** A budget needs prices, or servers that report costs, and room for one call. Throws `VSR_CONFIG` and `VSR_USAGE`. */
export function refuseBudget(
  config: VsrConfig,
  plan: Plan,
  models: readonly AskedModel[],
  late: Pick<LateScoring, 'worstCost'>,
  context: PipelineContext,
): void {
  const { budget } = config.benchmark;
  if (budget === undefined || plan.open.length === 0) return;
  const asked = new Set(plan.open.map(({ model }) => model.alias));
  const without = models.filter(({ price, alias }) => price === null && asked.has(alias));
  const unpriced = without.find((model) => !reportsCost(model));
  if (unpriced) {
    throw new VsrError('VSR_CONFIG', `--budget cannot be kept: the price of ${unpriced.alias} is not known.`, {
      hint: `Write model_config.${unpriced.alias}.pricing (0 for a server of your own), or leave it out with --models.`,
    });
  }
  if (without.length > 0) {
    const names = without.map(({ alias }) => alias).join(', ');
    context.onWarning?.(
      `--budget: the price of ${names} is not known, only what OpenRouter reports after each call: the first call of each is made alone, the others are reckoned at the dearest token so far.`,
    );
  }
  let cheapest = Number.POSITIVE_INFINITY;
  for (const call of plan.open) {
    const worst = call.model.price === null ? late.worstCost(call) : worstCost(call, late);
    if (worst === null) {
      throw new VsrError('VSR_CONFIG', '--budget cannot be kept: the price of the judge is not known.', {
        hint: `Write model_config.${config.scoring.judge.model}.pricing.`,
      });
    }
    cheapest = Math.min(cheapest, worst);
  }
  if (cheapest <= budget) return;
  throw new VsrError(
    'VSR_USAGE',
    `--budget $${budget} is below the cheapest call, which may cost up to $${Number(cheapest.toPrecision(2))}.`,
    { hint: 'Raise it, or lower --max-tokens.' },
  );
}
