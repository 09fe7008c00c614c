// What vsr benchmark says in the end: the forecast of a dry run, the closing table, the state of a run on disk.
import { ASSUMED_TOKENS_PER_SECOND, type DryRun, type ModelForecast } from '../pipelines/benchmark/dry-run.js';
import type { BenchmarkStatus } from '../pipelines/benchmark/status.js';
import type { JudgeSummary, ModelSummary } from '../pipelines/benchmark/summary.js';
import type { BenchmarkResult } from '../pipelines/benchmark.js';
import { count, counted, percent, shareWithInterval, UNKNOWN } from '../report/format.js';
import { boxTables } from '../report/table.js';
import { duration } from './progress.js';

export async function forecastText(forecast: DryRun): Promise<string> {
  const { calls, models, judge, skipped, tooLong } = forecast;
  const draw = await boxTables();
  return [
    `${counted(calls, 'call', 'calls')}, ${counted(models.length, 'model', 'models')}. ${costSentence(forecast)}${timeSentence(forecast)}`,
    ...budgetLines(forecast),
    ...(skipped > 0 ? [`${counted(skipped, 'call was', 'calls were')} made before and would be skipped.`] : []),
    ...(tooLong > 0
      ? [`${counted(tooLong, 'prompt is', 'prompts are')} longer than a context window and would not be sent.`]
      : []),
    draw(
      ['model', 'calls', 'tokens in', 'out', 'out at most', 'cost', 'at most'].map((head) => ({ head })),
      [
        ...models.map((model) => forecastRow(model.model, model)),
        ...(judge ? [forecastRow(`judge ${judge.model}`, judge)] : []),
      ],
    ),
  ].join('\n');
}

export async function resultText(result: BenchmarkResult): Promise<string> {
  const { output, queries, models, calls, present, skipped, rescored, cost, judge, unpriced } = result;
  const draw = await boxTables();
  const resumed = skipped > 0 ? `, ${count(skipped)} from earlier runs` : '';
  return [
    `${output}: ${counted(queries, 'query', 'queries')} × ${counted(models.length, 'model', 'models')}, ` +
      `${count(present)} of ${count(calls)} cells${resumed}${cost === null ? '' : `, ${dollars(cost)}`}`,
    ...(rescored > 0 ? [`${counted(rescored, 'stored answer has', 'stored answers have')} another score now.`] : []),
    ...judgeLines(judge),
    ...unpricedLines(unpriced),
    draw(
      ['model', 'quality [95 %]', 'cost', 'tokens', 'median ms', 'missing', 'unread', 'failures'].map((head) => ({
        head,
      })),
      models.map((model) => [
        model.model,
        shareWithInterval(model.quality?.mean, model.quality),
        dollars(model.cost),
        tokens(model),
        model.latency === null ? UNKNOWN : model.latency.toFixed(0),
        percent(model.missing, 1),
        percent(model.unparsed, 1),
        failures(model),
      ]),
    ),
  ].join('\n');
}

export async function statusText(status: BenchmarkStatus): Promise<string> {
  const { output, calls, done, models, judge, cost, others, running } = status;
  const draw = await boxTables();
  const who = running ? `process ${running.pid} on ${running.host} is working on it` : 'no process is working on it';
  return [
    `${output}: ${count(done)} of ${counted(calls, 'call', 'calls')} made${cost === null ? '' : `, ${dollars(cost)}`}; ${who}.`,
    ...(others > 0
      ? [
          `${counted(others, 'more answer', 'more answers')} in its journal: to other models, prompts, settings or queries.`,
        ]
      : []),
    ...judgeLines(judge),
    draw(
      ['model', 'calls', 'made', 'quality [95 %]', 'cost', 'tokens', 'missing', 'failures'].map((head) => ({ head })),
      models.map((model) => [
        model.model,
        count(model.calls),
        count(model.done),
        shareWithInterval(model.quality?.mean, model.quality),
        dollars(model.cost),
        tokens(model),
        model.done > 0 ? percent(model.missing, 1) : UNKNOWN,
        failures(model),
      ]),
    ),
  ].join('\n');
}

function forecastRow(name: string, model: ModelForecast): string[] {
  return [
    name,
    count(model.calls),
    count(model.inputTokens),
    count(Math.round(model.expectedOutputTokens)),
    count(model.worstOutputTokens),
    dollars(model.expectedCost),
    dollars(model.worstCost),
  ];
}

function costSentence({ expectedCost, worstCost, models, judge, unpriced }: DryRun): string {
  if (expectedCost === null) {
    const priced = [...models, ...(judge ? [judge] : [])].filter((one) => one.calls > 0 && one.expectedCost !== null);
    if (priced.length === 0) return `Cost unknown: no price is known for ${unpriced.join(', ')}.`;
    const known = (of: 'expectedCost' | 'worstCost') => dollars(priced.reduce((sum, one) => sum + one[of]!, 0));
    return `Expected ${known('expectedCost')}, at worst ${known('worstCost')}, and what ${unpriced.join(', ')} will cost, whose price is not known.`;
  }
  const sentence = `Expected ${dollars(expectedCost)}, at worst ${dollars(worstCost)}`;
  return models.some(({ paid }) => paid)
    ? `${sentence}.`
    : `${sentence} at the models' prices; recorded answers are played back, so nothing is spent.`;
}

function timeSentence({ seconds, worstSeconds, secondsAssumed }: DryRun): string {
  if (seconds === 0) return '';
  const times = ` About ${duration(seconds)}, at worst ${duration(worstSeconds)}`;
  return secondsAssumed ? `${times}, if models write ${ASSUMED_TOKENS_PER_SECOND} tokens a second.` : `${times}.`;
}

function budgetLines({ budget, expectedCost, worstCost }: DryRun): string[] {
  if (budget === null || expectedCost === null || worstCost === null) return [];
  if (worstCost <= budget) return [`The budget of ${dollars(budget)} is enough whatever happens.`];
  if (expectedCost <= budget) return [`The budget of ${dollars(budget)} should be enough.`];
  return [`The budget of ${dollars(budget)} will end the run early.`];
}

function judgeLines(judge: JudgeSummary | null): string[] {
  if (judge === null) return [];
  const cost = judge.cost === null ? 'at an unknown cost' : dollars(judge.cost);
  return [`Judge ${judge.model}: ${counted(judge.calls, 'call', 'calls')}, ${cost} more.`];
}

function unpricedLines(models: readonly string[]): string[] {
  return models.length === 0 ? [] : [`Cost unknown, because no price is known: ${models.join(', ')}.`];
}

function failures({ failures: counts, spared }: ModelSummary): string {
  const parts = Object.entries(counts).map(([status, number]) => `${status} ${count(number)}`);
  return [...parts, ...(spared > 0 ? [`${count(spared)} spared`] : [])].join(', ');
}

function tokens({ inputTokens, outputTokens }: ModelSummary): string {
  return `${count(inputTokens)} + ${count(outputTokens)}`;
}

/** Two decimals from a dollar on, else two digits. */
function dollars(amount: number | null): string {
  if (amount === null) return UNKNOWN;
  return `$${amount >= 1 || amount === 0 ? amount.toFixed(2) : Number(amount.toPrecision(2))}`;
}
