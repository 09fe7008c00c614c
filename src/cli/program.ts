// The commander program: global flags, every command by name and summary, and the flags of the one that is called.
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { CommandModule } from './command.js';
import { COMMANDS } from './commands/registry.js';
import { type Flag, flagOption, type GivenFlag, givenFlags } from './flags.js';

export interface GlobalOptions {
  readonly config: string | undefined;
  readonly set: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly progress: boolean;
}

export interface Invocation {
  readonly command: CommandModule;
  readonly options: GlobalOptions;
  readonly flags: readonly GivenFlag[];
}

const SEED: Flag = {
  usage: '--seed <number>',
  key: ['seed'],
  kind: 'whole',
  description: 'for everything random (default 42)',
};

/** Loads only the called command. `run` gets what was called; parsing throws commander's and our own errors. */
export async function buildProgram(
  args: readonly string[],
  run: (invocation: Invocation) => Promise<void>,
): Promise<Command> {
  const program = new Command('vsr')
    .description('Learns which large language model should answer which query, and says whether routing pays.')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .addOption(new Option('-c, --config <file>', 'configuration (default ./vsr.yaml, if there is one)'))
    .addOption(
      new Option('--set <path=value>', 'set one key of the configuration; repeatable').argParser(
        (text, previous: string[] | undefined) => [...(previous ?? []), text],
      ),
    )
    .addOption(flagOption(SEED))
    .addOption(new Option('--json', 'results as JSON'))
    .addOption(new Option('-q, --quiet', 'errors only'))
    .addOption(new Option('-v, --verbose', 'each call and each step on a line'))
    .addOption(new Option('--no-color', 'no colours'))
    .addOption(new Option('--no-progress', 'no progress on stderr'))
    .addOption(new Option('--version', 'show the version'));
  program.on('option:version', () => {
    throw new VersionAsked();
  });
  const called = calledCommand(args);
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program
      .command(name)
      .description(summary)
      .allowExcessArguments(false)
      .helpOption('-h, --help', 'show this help');
    if (name !== called) continue;
    defineCommand(command, await load(), run);
  }
  return program;
}

/** Flags, examples, action and parts of a called command. */
function defineCommand(command: Command, module: CommandModule, run: (invocation: Invocation) => Promise<void>): void {
  for (const flag of module.flags) command.addOption(flagOption(flag));
  command.addHelpText('after', `\nExamples:\n${module.examples.map((line) => `  $ ${line}`).join('\n')}`);
  command.action(async () => {
    const given = command.optsWithGlobals();
    await run({ command: module, options: globalOptions(given), flags: givenFlags([SEED, ...module.flags], given) });
  });
  for (const [name, part] of Object.entries(module.parts ?? {})) {
    const own = command
      .command(name)
      .description(part.summary)
      .allowExcessArguments(false)
      .helpOption('-h, --help', 'show this help');
    defineCommand(own, part.module, run);
  }
}

/** Thrown at --version, which ends the run wherever it stands. */
export class VersionAsked extends Error {}

export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

function globalOptions(given: Readonly<Record<string, unknown>>): GlobalOptions {
  return {
    config: given.config as string | undefined,
    set: (given.set as string[] | undefined) ?? [],
    json: given.json === true,
    quiet: given.quiet === true,
    verbose: given.verbose === true,
    color: given.color !== false,
    progress: given.progress !== false,
  };
}

/** The first word that is neither a flag nor the value of a global one. */
function calledCommand(args: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i++) {
    if (['-c', '--config', '--set', '--seed'].includes(args[i]!)) i++;
    else if (!args[i]!.startsWith('-')) return args[i];
  }
  return undefined;
}
