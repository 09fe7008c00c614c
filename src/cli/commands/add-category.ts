// vsr add-category: fills in categories.
import type { CommandModule } from '../command.js';

const key = (name: string) => ['addCategory', name];

export const addCategoryCommand: CommandModule = {
  flags: [
    { usage: '--input <file>', key: key('input'), kind: 'text', description: 'queries or outcomes, JSON lines' },
    {
      usage: '--output <file>',
      key: key('output'),
      kind: 'text',
      description: 'the same rows with category and category_confidence',
    },
    {
      usage: '--method <name>',
      key: key('method'),
      kind: 'text',
      description: 'classifier (of an artifact), keyword, llm or http (default llm with a model, else classifier)',
    },
    {
      usage: '--artifacts <directory>',
      key: key('artifacts'),
      kind: 'text',
      description: 'of classifier (default artifacts)',
    },
    {
      usage: '--vsr-url <url>',
      key: key('vsrUrl'),
      kind: 'text',
      description: 'of http (default http://localhost:8080)',
    },
    { usage: '--model <alias>', key: key('model'), kind: 'text', description: 'ask this alias of model_config' },
    { usage: '--with-model <alias>', key: key('model'), kind: 'text', description: 'the same as --model' },
    {
      usage: '--batch-size <count>',
      key: key('batchSize'),
      kind: 'whole',
      description: 'rows between two writes (default 100)',
    },
    {
      usage: '--max-retries <count>',
      key: key('maxRetries'),
      kind: 'whole',
      description: 'per row, of llm and http (default 3)',
    },
    {
      usage: '--retry-delay <seconds>',
      key: key('retryDelay'),
      kind: 'number',
      description: 'before each (default 1)',
    },
    { usage: '--overwrite', key: key('overwrite'), kind: 'switch', description: 'also rows that have a category' },
  ],
  examples: [
    'vsr add-category --input queries.jsonl --output categorised.jsonl',
    'vsr add-category --method llm --model gpt-4 --input queries.jsonl --output categorised.jsonl',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { addCategory } = await import('../../pipelines/add-category.js');
    const result = await addCategory(config, context);
    const { output, rows, added, kept, failed, resumed } = result;
    if (json) await terminal.printJson(result);
    else {
      const earlier = resumed > 0 ? `, ${resumed} done by an earlier run` : '';
      await terminal.print(
        `${output}: ${rows} rows, ${added} categories added, ${kept} kept, ${failed} failed${earlier}`,
      );
    }
    return 0;
  },
};
