// vsr convert: routers into other software's files, and theirs into ours.
import type { CommandModule } from '../command.js';

export const convertCommand: CommandModule = {
  flags: [
    {
      usage: '--to <format>',
      key: ['convert', 'to'],
      kind: 'text',
      description: 'semantic-router, onnx, saved-model, or llmrouter (decisions)',
    },
    {
      usage: '--from <format>',
      key: ['convert', 'from'],
      kind: 'text',
      description:
        'semantic-router (read and checked), llmrouter (a table → outcomes), autorouter (training JSON → outcomes), votes, arena, gmtrouter, personalizedrouter (people → history)',
    },
    {
      usage: '--input <path>',
      key: ['convert', 'input'],
      kind: 'text',
      description: 'artifact (default artifacts), folder of models, table, or decisions',
    },
    {
      usage: '--output <path>',
      key: ['convert', 'output'],
      kind: 'text',
      description: 'folder; of a table or of decisions, a file',
    },
    {
      usage: '--router <names>',
      key: ['convert', 'router'],
      kind: 'list',
      description: 'which routers (default all of the artifact)',
    },
    {
      usage: '--data-file <file>',
      key: ['convert', 'dataFile'],
      kind: 'text',
      description: 'of decisions: the queries or outcomes they are about (default the outcomes here)',
    },
    {
      usage: '--embedding-path <folder>',
      key: ['embedding', 'path'],
      kind: 'text',
      description: "where the folder of the artifact's encoder stands now",
    },
    {
      usage: '--overwrite',
      key: ['convert', 'overwrite'],
      kind: 'switch',
      description: 'replace files that are there already',
    },
  ],
  examples: [
    'vsr convert --to semantic-router --input artifacts --output models',
    'vsr convert --to llmrouter --input decisions.jsonl --output routed.json',
    'vsr convert --from arena --input arena.parquet --output history.jsonl',
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
