// vsr init: a starting project in this folder.
import type { CommandModule } from '../command.js';

export const initCommand: CommandModule = {
  flags: [],
  examples: ['vsr init'],
  async run({ terminal, json }) {
    const { init } = await import('../../pipelines/init.js');
    const result = await init('.');
    if (json) {
      await terminal.printJson(result);
      return 0;
    }
    for (const name of result.written) await terminal.print(`wrote ${name}`);
    for (const name of result.kept) await terminal.print(`left ${name} as it was`);
    terminal.notice('Next: edit models.yaml, export OPENAI_API_KEY, then vsr doctor and vsr benchmark --dry-run.');
    return 0;
  },
};
