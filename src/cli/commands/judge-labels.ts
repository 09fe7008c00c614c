// vsr judge-labels: a judge's marks for the answers that a benchmark stored.
import type { CommandModule } from '../command.js';

const key = (name: string) => ['judgeLabels', name];

export const judgeLabelsCommand: CommandModule = {
  flags: [
    {
      usage: '--outcomes <file>',
      key: key('outcomes'),
      kind: 'text',
      description: 'whose queries are judged (default data.outcomes, ./outcomes.jsonl)',
    },
    {
      usage: '--responses <file>',
      key: key('responses'),
      kind: 'text',
      description: 'the answers (default responses.jsonl beside the outcomes)',
    },
    {
      usage: '--judge-model <alias>',
      key: ['scoring', 'judge', 'model'],
      kind: 'text',
      description: 'who judges: an alias of model_config',
    },
    {
      usage: '--output <file>',
      key: key('output'),
      kind: 'text',
      description: 'the labels (default labels.jsonl); run again to go on',
    },
    {
      usage: '--by <what>',
      key: key('by'),
      kind: 'text',
      description:
        'reference: each answer by itself, twice; comparison: each pair of answers, in both orders (default reference)',
    },
    {
      usage: '--limit <count>',
      key: key('limit'),
      kind: 'whole',
      description: 'answers or pairs, a seeded sample (default 0, all)',
    },
    {
      usage: '--budget <dollars>',
      key: key('budget'),
      kind: 'number',
      description: 'no call that could make this run cost more; exit 3 when it is reached',
    },
    {
      usage: '--human <file>',
      key: key('human'),
      kind: 'text',
      description: "people's labels, put behind the judge's; says how far both agree",
    },
    {
      usage: '--binary',
      key: key('binary'),
      kind: 'switch',
      description: 'labels are 0 or 1 (default in between too)',
    },
  ],
  examples: [
    'vsr judge-labels --judge-model gpt-4 --output labels.jsonl --budget 5',
    'vsr train --labels labels.jsonl',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { judgeLabels } = await import('../../pipelines/judge-labels.js');
    const result = await judgeLabels(config, context);
    if (json) await terminal.printJson(result);
    else {
      const { output, labels, missing, disagreements, resumed, cost, human, stopped } = result;
      const parts = [
        `${labels} labels`,
        `${missing} without a verdict`,
        `${disagreements} whose orders disagree`,
        ...(resumed > 0 ? [`${resumed} opinions of an earlier run`] : []),
        cost === null ? 'cost unknown' : `$${cost.toFixed(4)}`,
      ];
      await terminal.print(`${output}: ${parts.join(', ')}`);
      if (human) {
        const kappa = human.kappa === null ? 'κ unknown' : `κ ${human.kappa.toFixed(2)}`;
        await terminal.print(`People: ${human.labels} labels, ${kappa} with the judge over ${human.n} answers`);
      }
      if (stopped) await terminal.print('The budget is reached: run again with a larger one to go on.');
    }
    return result.stopped ? 3 : 0;
  },
};
