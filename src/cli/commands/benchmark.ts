// vsr benchmark: queries × models → outcomes; vsr benchmark status: how far that is.
import type { CommandModule } from '../command.js';

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
      usage: '--scorer <task=name>',
      key: ['benchmark', 'scorer'],
      kind: 'pairs',
      description: 'scorer or metric of a task, instead of its own; repeatable',
    },
    {
      usage: '--judge-model <name>',
      key: ['scoring', 'judge', 'model'],
      kind: 'text',
      description: 'model that scores rows without a truth, and rows whose metric is llm_judge',
    },
    {
      usage: '--concise',
      key: ['benchmark', 'concise'],
      kind: 'switch',
      description: 'prompts that ask for the answer alone',
    },
    {
      usage: '--no-responses',
      key: ['benchmark', 'noResponses'],
      kind: 'switch',
      description: 'answers are scored and not stored',
    },
    {
      usage: '--allow-code-execution',
      key: ['benchmark', 'allowCodeExecution'],
      kind: 'switch',
      description: 'run the Python tests of code rows, each in a sandbox',
    },
    {
      usage: '--repeat <count>',
      key: ['benchmark', 'repeat'],
      kind: 'whole',
      description: 'ask each model each query so often, for the noise (default 1)',
    },
    {
      usage: '--budget <dollars>',
      key: ['benchmark', 'budget'],
      kind: 'number',
      description: 'no call that could make this run cost more; exit 3 when it is reached',
    },
    {
      usage: '--until-ci <share>',
      key: ['benchmark', 'untilCi'],
      kind: 'number',
      description: 'ask a model no more once its quality is known to ± this (0.02: two points)',
    },
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
    {
      usage: '--rescore',
      key: ['benchmark', 'rescore'],
      kind: 'switch',
      description: 'score the stored answers again, without asking a model',
    },
    { usage: '--fresh', key: ['benchmark', 'fresh'], kind: 'switch', description: 'start over (default: resume)' },
    {
      usage: '--max-missing <share>',
      key: ['benchmark', 'maxMissing'],
      kind: 'number',
      description: 'exit 3 if a model lacks more of its answers (default 0.05)',
    },
  ],
  examples: [
    'vsr benchmark --query-limit 100 --dry-run',
    'vsr benchmark --query-limit 100 --budget 5',
    'vsr benchmark status --query-limit 100',
  ],
  async run({ load, context, terminal, json }) {
    const { config, missingKeys, origin } = await load();
    const { benchmark, dryRunBenchmark } = await import('../../pipelines/benchmark.js');
    const { environment } = await import('../../config/environment.js');
    const run = { missingKeys, givenFlags: origin.flags, environment: environment() };
    const text = await import('../benchmark-text.js');
    if (config.benchmark.dryRun) {
      const forecast = await dryRunBenchmark(config, context, run);
      if (json) await terminal.printJson(forecast);
      else await terminal.print(await text.forecastText(forecast));
      return 0;
    }
    const result = await benchmark(config, context, run);
    if (json) await terminal.printJson(result);
    else await terminal.print(await text.resultText(result));
    if (result.gate === null) return 0;
    terminal.error(result.gate);
    return GATE;
  },
  get parts() {
    return { status: { summary: 'how far a run on disk is, also while it runs', module: statusPart } };
  },
};

const GATE = 3;

/** The flags are those of the run that is looked at. */
const statusPart: CommandModule = {
  flags: benchmarkCommand.flags,
  examples: ['vsr benchmark status', 'vsr benchmark status --output runs/outcomes.jsonl --json'],
  async run({ load, context, terminal, json }) {
    const { config, origin } = await load();
    const { benchmarkStatus } = await import('../../pipelines/benchmark/status.js');
    const status = await benchmarkStatus(config, context, { givenFlags: origin.flags });
    if (json) await terminal.printJson(status);
    else await terminal.print(await (await import('../benchmark-text.js')).statusText(status));
    return 0;
  },
};
