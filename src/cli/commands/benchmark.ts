// vsr benchmark: queries × models → outcomes.

import type { DryRun as Forecast } from '../../pipelines/benchmark/dry-run.js';
import type { BenchmarkResult as Result } from '../../pipelines/benchmark.js';
import { count, counted, percent, shareWithInterval, UNKNOWN } from '../../report/format.js';
import { boxTables } from '../../report/table.js';
import type { CommandModule } from '../command.js';
import { duration } from '../progress.js';

export const benchmarkCommand: CommandModule = {
  flags: [
    {
      usage: '--data-file <file>',
      key: ['benchmark', 'dataFile'],
      kind: 'text',
      description: 'queries (default data.queries, ./queries.jsonl, else the bundled example)',
    },
    {
      usage: '--models <names>',
      key: ['benchmark', 'models'],
      kind: 'list',
      description: 'which models to ask (default all)',
    },
    {
      usage: '--output <file>',
      key: ['benchmark', 'output'],
      kind: 'text',
      description: 'outcomes; meta, responses and journal lie beside it (default outcomes.jsonl)',
    },
    {
      usage: '--query-limit <count>',
      key: ['benchmark', 'queryLimit'],
      kind: 'whole',
      description: 'ask a seeded sample of this size, even over tasks (default 0, all)',
    },
    {
      usage: '--concurrency <count>',
      key: ['benchmark', 'concurrency'],
      kind: 'whole',
      description: 'calls in flight per endpoint (default 1; 16 for the example)',
    },
    {
      usage: '--rate-limit-delay <ms>',
      key: ['benchmark', 'rateLimitDelay'],
      kind: 'number',
      description: 'pause after a call (default 500; 0 for loopback and the example)',
    },
    {
      usage: '--timeout <seconds>',
      key: ['benchmark', 'timeout'],
      kind: 'number',
      description: 'per attempt (default 120)',
    },
    {
      usage: '--max-retries <count>',
      key: ['benchmark', 'maxRetries'],
      kind: 'whole',
      description: 'per call (default 4)',
    },
    {
      usage: '--max-tokens <count>',
      key: ['benchmark', 'maxTokens'],
      kind: 'whole',
      description: 'per answer (default 1024)',
    },
    { usage: '--temperature <number>', key: ['benchmark', 'temperature'], kind: 'number', description: 'default 0' },
    {
      usage: '--dry-run',
      key: ['benchmark', 'dryRun'],
      kind: 'switch',
      description: 'calls, tokens, expected and worst cost, time; nothing is sent',
    },
    {
      usage: '--retry-failed',
      key: ['benchmark', 'retryFailed'],
      kind: 'switch',
      description: 'ask again what failed in an earlier run (default: resume without)',
    },
    { usage: '--fresh', key: ['benchmark', 'fresh'], kind: 'switch', description: 'start over (default: resume)' },
    {
      usage: '--max-missing <share>',
      key: ['benchmark', 'maxMissing'],
      kind: 'number',
      description: 'exit 3 if a model lacks more of its answers (default 0.05)',
    },
  ],
  examples: ['vsr benchmark --query-limit 100 --dry-run', 'vsr benchmark --query-limit 100'],
  async run({ load, context, terminal, json }) {
    const { config, missingKeys, origin } = await load();
    const { benchmark, dryRunBenchmark } = await import('../../pipelines/benchmark.js');
    const { environment } = await import('../../config/environment.js');
    const run = { missingKeys, givenFlags: origin.flags, environment: environment() };
    if (config.benchmark.dryRun) {
      const forecast = await dryRunBenchmark(config, context, run);
      if (json) await terminal.printJson(forecast);
      else await terminal.print(await forecastText(forecast));
      return 0;
    }
    const result = await benchmark(config, context, run);
    if (json) await terminal.printJson(result);
    else await terminal.print(await resultText(result));
    if (result.gate === null) return 0;
    terminal.error(result.gate);
    return GATE;
  },
};

const GATE = 3;

async function forecastText({ calls, models, expectedCost, worstCost, seconds, skipped }: Forecast): Promise<string> {
  const draw = await boxTables();
  return [
    `${counted(calls, 'call', 'calls')}, ${counted(models.length, 'model', 'models')}. ` +
      costSentence(
        expectedCost,
        worstCost,
        models.some(({ paid }) => paid),
      ) +
      (seconds === null ? '' : ` About ${duration(seconds)}.`),
    ...(skipped > 0 ? [`${counted(skipped, 'call was', 'calls were')} made before and would be skipped.`] : []),
    draw(
      ['model', 'calls', 'tokens in', 'out', 'out at most', 'cost', 'at most'].map((head) => ({ head })),
      models.map((model) => [
        model.model,
        count(model.calls),
        count(model.inputTokens),
        count(Math.round(model.expectedOutputTokens)),
        count(model.worstOutputTokens),
        dollars(model.expectedCost),
        dollars(model.worstCost),
      ]),
    ),
  ].join('\n');
}

function costSentence(expected: number | null, worst: number | null, paid: boolean): string {
  if (expected === null) return 'Cost unknown: a price is missing.';
  const sentence = `Expected ${dollars(expected)}, at worst ${dollars(worst)}`;
  return paid
    ? `${sentence}.`
    : `${sentence} at the models' prices; recorded answers are played back, so nothing is spent.`;
}

async function resultText({ output, queries, models, calls, present, skipped, cost }: Result): Promise<string> {
  const draw = await boxTables();
  const resumed = skipped > 0 ? `, ${count(skipped)} from earlier runs` : '';
  return [
    `${output}: ${counted(queries, 'query', 'queries')} × ${counted(models.length, 'model', 'models')}, ` +
      `${count(present)} of ${count(calls)} cells${resumed}${cost === null ? '' : `, ${dollars(cost)}`}`,
    draw(
      ['model', 'quality [95 %]', 'cost', 'median ms', 'missing', 'unread'].map((head) => ({ head })),
      models.map(({ model, quality, cost: spent, latency, missing, unparsed }) => [
        model,
        shareWithInterval(quality?.mean, quality),
        dollars(spent),
        latency === null ? UNKNOWN : latency.toFixed(0),
        percent(missing, 1),
        percent(unparsed, 1),
      ]),
    ),
  ].join('\n');
}

/** Two decimals from a dollar on, else two digits. */
function dollars(amount: number | null): string {
  if (amount === null) return UNKNOWN;
  return `$${amount >= 1 || amount === 0 ? amount.toFixed(2) : Number(amount.toPrecision(2))}`;
}
