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
    {
      usage: '--batch-size <count>',
      key: ['embedding', 'batchSize'],
      kind: 'whole',
      description: 'texts a run of the model, or a request to a server (default 32)',
    },
    {
      usage: '--allow-remote-images',
      key: ['embedding', 'allowRemoteImages'],
      kind: 'switch',
      description: 'fetch images whose addresses rows name, where the encoder sees (CLIP)',
    },
  ],
  examples: [
    'vsr embed --input queries.jsonl --output vectors.npy',
    'vsr embed --input queries.jsonl --artifacts artifacts --output vectors.safetensors',
    'vsr embed --input with-images.jsonl --embedding-path clip --output text-and-image.npy',
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
