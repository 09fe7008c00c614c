// vsr feedback: what a person thinks of an answer; the next decision for that person knows it.
import type { CommandModule } from '../command.js';

export const feedbackCommand: CommandModule = {
  flags: [
    { usage: '--user-id <id>', key: ['feedback', 'userId'], kind: 'text', description: 'who says it' },
    { usage: '--query <text>', key: ['feedback', 'query'], kind: 'text', description: 'the query it is about' },
    { usage: '--id <id>', key: ['feedback', 'id'], kind: 'text', description: 'or the id of its decision' },
    {
      usage: '--rating <number>',
      key: ['feedback', 'rating'],
      kind: 'number',
      description: '1 to 5, or as data.rating_scale says',
    },
    {
      usage: '--model <name>',
      key: ['feedback', 'model'],
      kind: 'text',
      description: 'which answer is rated (default the one that was decided on)',
    },
    { usage: '--prefer <model>', key: ['feedback', 'prefer'], kind: 'text', description: 'the better of two answers' },
    { usage: '--over <model>', key: ['feedback', 'over'], kind: 'text', description: 'the other one' },
    {
      usage: '--artifacts <directory>',
      key: ['feedback', 'artifacts'],
      kind: 'text',
      description: 'whose people it joins (default artifacts)',
    },
    {
      usage: '--decisions <file>',
      key: ['feedback', 'decisions'],
      kind: 'text',
      description: 'what vsr infer wrote (default ./decisions.jsonl if it is there)',
    },
    {
      usage: '--data-file <file>',
      key: ['feedback', 'dataFile'],
      kind: 'text',
      description: 'where the text of --id stands (default the artifact, ./queries.jsonl, ./outcomes.jsonl)',
    },
  ],
  examples: [
    'vsr feedback --user-id 3 --query "Prove that √2 is irrational" --model llama-3.2-1b --rating 4',
    'vsr feedback --user-id 3 --id 9f86d081884c7d65 --prefer llama-3.2-1b --over gpt-4',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { feedback } = await import('../../pipelines/feedback.js');
    const result = await feedback(config, context);
    if (json) await terminal.printJson(result);
    else {
      const { userId, models, ratings } = result;
      const said = models.map((model, i) => `${model} ${ratings[i]! > 0 ? '+' : ''}${Number(ratings[i]!.toFixed(2))}`);
      await terminal.print(`user ${userId}: ${said.join(', ')} noted`);
    }
    return 0;
  },
};
