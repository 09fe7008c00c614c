// vsr embed: queries → vectors.
import type { CommandModule } from '../command.js';

export const embedCommand: CommandModule = {
  flags: [
    { usage: '--input <file>', key: ['embed', 'input'], kind: 'text', description: 'queries: .jsonl, .json or .txt' },
    {
      usage: '--output <file>',
      key: ['embed', 'output'],
      kind: 'text',
      description: '.npy, or .safetensors with the ids',
    },
    {
      usage: '--artifacts <directory>',
      key: ['embed', 'artifacts'],
      kind: 'text',
      description: 'with the encoder of this artifact (default the configured one)',
    },
    { usage: '--embedding-model <name>', key: ['embedding', 'model'], kind: 'text', description: 'as in vsr train' },
    { usage: '--embedding-path <folder>', key: ['embedding', 'path'], kind: 'text', description: 'as in vsr train' },
    { usage: '--embedding-url <url>', key: ['embedding', 'url'], kind: 'text', description: 'as in vsr train' },
    { usage: '--embedding-dim <count>', key: ['embedding', 'dim'], kind: 'whole', description: 'as in vsr train' },
    { usage: '--encoders <names>', key: ['embedding', 'encoders'], kind: 'list', description: 'as in vsr train' },
  ],
  examples: [
    'vsr embed --input queries.jsonl --output vectors.npy',
    'vsr embed --input queries.jsonl --artifacts artifacts --output vectors.safetensors',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { embed } = await import('../../pipelines/embed.js');
    const result = await embed(config, context);
    if (json) await terminal.printJson(result);
    else await terminal.print(`${result.output}: ${result.rows} vectors of ${result.encoder}, ${result.dim} wide`);
    return 0;
  },
};
