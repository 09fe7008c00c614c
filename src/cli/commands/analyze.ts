// vsr analyze: does routing pay? The verdict and the table behind it.
import type { AnalyzeResult } from '../../pipelines/analyze.js';
import type { CommandModule } from '../command.js';
import { writeResultFile } from '../result-file.js';
import type { Terminal } from '../terminal.js';

type Report = AnalyzeResult['reports'][0];

export const analyzeCommand: CommandModule = {
  flags: [
    {
      usage: '--data-file <file>',
      key: ['analyze', 'dataFile'],
      kind: 'text',
      description: 'outcomes (default data.outcomes, ./outcomes.jsonl, else the bundled example)',
    },
    {
      usage: '--artifacts <directory>',
      key: ['analyze', 'artifacts'],
      kind: 'text',
      description: 'what vsr train wrote (default artifacts)',
    },
    {
      usage: '--output <file>',
      key: ['analyze', 'output'],
      kind: 'text',
      description: 'the report: Markdown, with --json JSON (default stdout)',
    },
    {
      usage: '--split <which>',
      key: ['analyze', 'split'],
      kind: 'text',
      description: 'test, validation or all (default all if folds were stored, else test)',
    },
    {
      usage: '--quality-weight <share>',
      key: ['analyze', 'qualityWeight'],
      kind: 'number',
      description: "0 to 1 (default the artifact's)",
    },
    {
      usage: '--cost-weight <share>',
      key: ['analyze', 'costWeight'],
      kind: 'number',
      description: "0 to 1 (default the artifact's)",
    },
    {
      usage: '--min-gain <share>',
      key: ['analyze', 'minGain'],
      kind: 'number',
      description: 'the gain that is worth the trouble (default 0.01)',
    },
    {
      usage: '--bootstrap <count>',
      key: ['analyze', 'bootstrap'],
      kind: 'whole',
      description: 'resamples behind the intervals (default 10000)',
    },
    {
      usage: '--confidence <share>',
      key: ['analyze', 'confidence'],
      kind: 'number',
      description: 'of the intervals (default 0.95)',
    },
    {
      usage: '--exclude-tasks <names>',
      key: ['analyze', 'excludeTasks'],
      kind: 'list',
      description: 'leave these tasks out',
    },
    {
      usage: '--fail-on <verdict>',
      key: ['analyze', 'failOn'],
      kind: 'text',
      description: 'exit 3 at this verdict or worse: inconclusive or do-not-route',
    },
  ],
  examples: ['vsr analyze', 'vsr analyze --fail-on do-not-route', 'vsr analyze --json --output report.json'],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { analyze } = await import('../../pipelines/analyze.js');
    const { reports } = await analyze(config, context);
    const [report, ...beside] = reports;
    const { output, failOn } = config.analyze;
    const text = await rendered(report, beside, json, output === undefined ? terminal : undefined);
    if (output === undefined) await terminal.write(text);
    else {
      await writeResultFile(output, text);
      await terminal.print(report.verdict.sentence);
      terminal.notice(`The whole report is in ${output}.`);
    }
    return saysNo(report.verdict.kind, failOn) ? GATE : 0;
  },
};

/** JSON, boxes for a terminal, or Markdown for a file. */
async function rendered(
  report: Report,
  beside: Report[],
  json: boolean,
  terminal: Terminal | undefined,
): Promise<string> {
  if (json) {
    const { reportJson } = await import('../../report/json.js');
    return `${JSON.stringify(reportJson(report, beside), null, 2)}\n`;
  }
  const { renderText } = await import('../../report/text.js');
  return renderText(report, terminal ? { beside, paint: terminal.paint } : { beside, markdown: true });
}

/** From good to bad. */
const VERDICTS = ['route', 'inconclusive', 'do-not-route'];
const GATE = 3;

function saysNo(verdict: string, failOn: string | undefined): boolean {
  return failOn !== undefined && VERDICTS.indexOf(verdict) >= VERDICTS.indexOf(failOn);
}
