// vsr analyze: does routing pay? The verdict and the table behind it.
import type { CommandModule } from '../command.js';
import { filesOf, formatsOf, rendered } from '../report-format.js';
import { writeResultFile } from '../result-file.js';

export const analyzeCommand: CommandModule = {
  flags: [
    {
      usage: '--example <name>',
      key: ['example'],
      kind: 'text',
      description: 'votes: the bundled votes of 65 people instead of files here',
    },
    {
      usage: '--labels <file>',
      key: ['data', 'labels'],
      kind: 'text',
      description: 'labels.jsonl, as training had them',
    },
    {
      usage: '--data-file <file>',
      key: ['analyze', 'dataFile'],
      kind: 'text',
      description: 'outcomes (default data.outcomes, ./outcomes.jsonl, else the bundled example)',
    },
    {
      usage: '--artifacts <directories>',
      key: ['analyze', 'artifacts'],
      kind: 'list',
      description:
        'what vsr train wrote (default artifacts if it is here, else the outcomes alone); several: side by side',
    },
    {
      usage: '--compare <directories...>',
      key: ['analyze', 'compare'],
      kind: 'list',
      description: 'old and new artifacts: exit 3 if the new ones are worse',
    },
    {
      usage: '--decisions <file>',
      key: ['analyze', 'decisions'],
      kind: 'text',
      description: 'what vsr infer wrote: what the deployed router earned by the outcomes of the same queries',
    },
    {
      usage: '--only <what>',
      key: ['analyze', 'only'],
      kind: 'text',
      description: 'config, data or evaluation (default evaluation where artifacts are, else data)',
    },
    {
      usage: '--output <file>',
      key: ['analyze', 'output'],
      kind: 'text',
      description: 'where the report goes (default stdout); with several formats, what their names begin with',
    },
    {
      usage: '--format <names>',
      key: ['analyze', 'format'],
      kind: 'list',
      description: 'text, json, html, markdown (default: by the ending of --output, else text)',
    },
    {
      usage: '--split <which>',
      key: ['analyze', 'split'],
      kind: 'text',
      description: 'test, validation or all (default all if folds were stored, else test)',
    },
    {
      usage: '--split-by <what>',
      key: ['analyze', 'splitBy'],
      kind: 'text',
      description: 'query, task, user or session: what is held out together (default what training did)',
    },
    {
      usage: '--leak-check <mode>',
      key: ['analyze', 'leakCheck'],
      kind: 'text',
      description: 'error, warn or exclude queries that stand in an earlier split too (default what training did)',
    },
    {
      usage: '--prices <file>',
      key: ['analyze', 'prices'],
      kind: 'text',
      description: 'models.json whose prices, times the recorded tokens, replace the recorded costs',
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
      usage: '--target-quality <share>',
      key: ['analyze', 'targetQuality'],
      kind: 'number',
      description: 'recommend the cheapest setting of this mean quality',
    },
    {
      usage: '--max-cost <dollars>',
      key: ['analyze', 'maxCost'],
      kind: 'number',
      description: 'recommend the best setting for at most so many dollars per query',
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
      usage: '--seeds <count>',
      key: ['analyze', 'seeds'],
      kind: 'whole',
      description:
        'fit every router so often, each with its own seed, and tell the spread (default what training stored)',
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
  examples: [
    'vsr analyze',
    'vsr analyze --fail-on do-not-route',
    'vsr analyze --format html --output report.html',
    'vsr analyze --compare old new',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { analysisFor } = await import('../analysis.js');
    const analysis = await analysisFor(config, context);
    const { output } = config.analyze;
    const formats = formatsOf(config.analyze, json);
    if (output === undefined) {
      await terminal.write(await rendered(formats[0]!, analysis, terminal.paint));
    } else {
      const files = filesOf(output, formats);
      for (const [path, format] of files) await writeResultFile(path, await rendered(format, analysis));
      await terminal.print(analysis.kind === 'report' ? analysis.report.verdict.sentence : analysis.sheet.headline);
      terminal.notice(`The whole report is in ${files.map(([path]) => path).join(', ')}.`);
    }
    return analysis.no ? GATE : 0;
  },
};

const GATE = 3;
