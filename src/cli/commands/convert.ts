// vsr convert: routers into other software's files, and theirs into ours.
import type { CommandModule } from '../command.js';

export const convertCommand: CommandModule = {
  flags: [
    {
      usage: '--to <format>',
      key: ['convert', 'to'],
      kind: 'text',
      description: 'semantic-router, onnx or saved-model',
    },
    {
      usage: '--from <format>',
      key: ['convert', 'from'],
      kind: 'text',
      description: 'semantic-router (read and checked) or llmrouter (a table → outcomes)',
    },
    {
      usage: '--input <path>',
      key: ['convert', 'input'],
      kind: 'text',
      description: 'artifact (default artifacts), folder of models, or table',
    },
    {
      usage: '--output <path>',
      key: ['convert', 'output'],
      kind: 'text',
      description: 'folder; of a table, the outcomes file',
    },
    {
      usage: '--router <names>',
      key: ['convert', 'router'],
      kind: 'list',
      description: 'which routers (default all of the artifact)',
    },
  ],
  examples: [
    'vsr convert --to semantic-router --input artifacts --output models',
    'vsr convert --from llmrouter --input table.jsonl --output outcomes.jsonl',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { convert } = await import('../../pipelines/convert.js');
    const result = await convert(config, context);
    if (json) await terminal.printJson(result);
    else
      for (const line of [...result.held, ...result.written.map((path) => `wrote ${path}`)]) await terminal.print(line);
    return 0;
  },
};
