// vsr doctor: a table of what is live, what is missing and what closes each gap.
import type { Check, Diagnosis } from '../../pipelines/doctor.js';
import type { CommandModule } from '../command.js';
import type { Style, Terminal } from '../terminal.js';

export const doctorCommand: CommandModule = {
  flags: [
    {
      usage: '--fix <what>',
      key: ['doctor', 'fix'],
      kind: 'text',
      description: 'native: bring native TensorFlow (Linux on x86-64, pip, a C++ compiler), then report',
    },
  ],
  examples: ['vsr doctor', 'vsr doctor --json', 'vsr doctor --fix native'],
  async run({ load, given, context, terminal, json }) {
    const { VsrError } = await import('../../errors/vsr-error.js');
    const { doctor } = await import('../../pipelines/doctor.js');
    const loaded = await load().catch((error: unknown) => {
      if (error instanceof VsrError) return error;
      throw error;
    });
    if (loaded instanceof VsrError && loaded.message.startsWith('--fix:')) throw loaded;
    const fix = loaded instanceof VsrError ? given.find(({ flag }) => flag === '--fix') : loaded.config.doctor.fix;
    if (fix !== undefined) {
      const { fixNative } = await import('../../pipelines/doctor/fix-native.js');
      await fixNative(context);
    }
    const diagnosis = await doctor(loaded);
    if (json) await terminal.printJson(diagnosis);
    else await terminal.print(await table(diagnosis, terminal));
    return diagnosis.healthy ? 0 : 2;
  },
};

/** Columns of the widest cell, so that the table fits 100. */
const FOUND_WIDTH = 74;

const STYLES: Readonly<Record<Check['state'], Style>> = { ok: 'green', gap: 'yellow', dead: 'red' };

async function table({ checks, healthy }: Diagnosis, terminal: Terminal): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const rows = new Table({
    head: ['what', 'state', 'found'],
    colWidths: [null, null, FOUND_WIDTH],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { name, state, detail } of checks) rows.push([name, terminal.paint(STYLES[state], state), detail]);
  const fixes = checks.filter(({ fix }) => fix !== undefined).map(({ name, fix }) => `  ${name}: ${fix}`);
  return [
    rows.toString(),
    ...(fixes.length > 0 ? ['What would help:', ...fixes] : []),
    healthy ? 'Nothing that the configuration needs is dead.' : 'Something that the configuration needs is dead.',
  ].join('\n');
}
