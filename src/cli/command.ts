// What a command is to the command line: its flags, and a function that runs with a loaded configuration.
import type { LoadedConfig } from '../config/load.js';
import type { PipelineContext } from '../pipelines/context.js';
import type { Flag, GivenFlag } from './flags.js';
import type { Terminal } from './terminal.js';

export interface CommandSession {
  /** Files, --set and flags as one configuration; its warnings go to stderr. Throws what `loadConfig` throws. */
  load(): Promise<LoadedConfig>;
  /** The command's flags as given, for where the configuration does not load. */
  readonly given: readonly GivenFlag[];
  /** --json */
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly context: PipelineContext & { readonly signal: AbortSignal };
}

export interface CommandModule {
  readonly flags: readonly Flag[];
  /** Under the flags of --help. */
  readonly examples: readonly string[];
  /** Words that may follow the command's name: `vsr benchmark status`. */
  readonly parts?: Readonly<Record<string, { readonly summary: string; readonly module: CommandModule }>>;
  /** The exit code: 0 done, 2 something is dead, 3 a gate said no. */
  run(session: CommandSession): Promise<number>;
}
