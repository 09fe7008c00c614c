// vsr cache stats, vsr cache clear: the embedding cache.
import type { CommandModule, CommandSession } from '../command.js';
import type { Flag } from '../flags.js';

const FLAGS: readonly Flag[] = [
  {
    usage: '--directory <folder>',
    key: ['embedding', 'cacheDir'],
    kind: 'text',
    description: 'default .cache/embeddings',
  },
  {
    usage: '--fingerprint <start>',
    key: ['cache', 'fingerprint'],
    kind: 'text',
    description: 'only the encoder whose fingerprint begins so (default all)',
  },
];

const stats: CommandModule = {
  flags: FLAGS,
  examples: ['vsr cache stats'],
  run: (session) => show(session, false),
};

const clear: CommandModule = {
  flags: FLAGS,
  examples: ['vsr cache clear', 'vsr cache clear --fingerprint 3f9a'],
  run: (session) => show(session, true),
};

/** Without a part it shows. */
export const cacheCommand: CommandModule = {
  flags: [],
  examples: ['vsr cache stats', 'vsr cache clear'],
  parts: {
    stats: { summary: 'what is cached, by encoder', module: stats },
    clear: { summary: 'remove it', module: clear },
  },
  run: (session) => show(session, false),
};

async function show({ load, terminal, json }: CommandSession, removing: boolean): Promise<number> {
  const { config } = await load();
  const { cacheStats, clearCache } = await import('../../pipelines/cache.js');
  const encoders = removing ? clearCache(config) : cacheStats(config);
  const { cacheDir } = config.embedding;
  if (json) {
    await terminal.printJson({ directory: cacheDir, removed: removing, encoders });
    return 0;
  }
  for (const { folder, id, dim, vectors, bytes } of encoders) {
    const what = `${id ?? 'damaged'}, ${vectors} vectors${dim === null ? '' : ` ${dim} wide`}, ${(bytes / 1e6).toFixed(1)} MB`;
    await terminal.print(`${removing ? 'removed ' : ''}${folder}: ${what}`);
  }
  if (encoders.length === 0) await terminal.print(`${cacheDir}: nothing is cached`);
  return 0;
}
