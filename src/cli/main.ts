// The command line from argv to exit code. Nothing but commander is loaded until a command is called.
import { CommanderError } from 'commander';
import { environment } from '../config/environment.js';
import { exitCodeOf, explain } from './failure.js';
import { buildProgram, type Invocation, packageVersion, VersionAsked } from './program.js';
import { openProgress } from './progress.js';
import { openTerminal, type Terminal } from './terminal.js';

/** Runs one command and sets the exit code: 0 done, 1 bug, 2 expected error, 3 gate, 130 Ctrl-C, 143 SIGTERM. */
export async function main(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  const { stdout, stderr } = process;
  const color = !args.includes('--no-color') && !environment().NO_COLOR;
  const terminal = openTerminal({ stdout, stderr, quiet: false, color });
  endWithReader(terminal);
  try {
    const program = await buildProgram(args, async (invocation) => {
      process.exitCode = await runCommand(invocation, color);
    });
    if (args.length === 0) await terminal.print(program.helpInformation());
    else await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof VersionAsked) await terminal.print(packageVersion());
    else if (!(error instanceof CommanderError && error.exitCode === 0)) {
      process.exitCode = exitCodeOf(error);
      for (const line of explain(error)) terminal.error(line);
    }
  }
}

/** The exit code of one command, with signals caught while it runs. */
async function runCommand({ command, options, flags }: Invocation, color: boolean): Promise<number> {
  const { stdout, stderr } = process;
  const terminal = openTerminal({ stdout, stderr, quiet: options.quiet, color });
  const progress = openProgress(terminal, {
    stderr,
    enabled: options.progress && !options.quiet,
    verbose: options.verbose,
    color,
    now: () => performance.now(),
  });
  const interruption = catchSignals();
  try {
    const code = await command.run({
      load: async () => {
        const { loadConfig } = await import('../config/load.js');
        const loaded = await loadConfig({ file: options.config, sets: options.set, flags });
        for (const warning of loaded.warnings) terminal.warn(warning);
        return loaded;
      },
      given: flags,
      json: options.json,
      terminal,
      context: {
        signal: interruption.signal,
        onProgress: progress.report,
        onNotice: terminal.notice,
        onWarning: terminal.warn,
      },
    });
    return interruption.code() ?? code;
  } catch (error) {
    progress.stop();
    const code = interruption.code();
    for (const line of explain(error, code !== undefined)) terminal.error(line);
    return code ?? exitCodeOf(error);
  } finally {
    progress.stop();
    interruption.dispose();
  }
}

/** The first Ctrl-C (or SIGTERM) asks the work to stop and save; the second ends the process at once. */
function catchSignals() {
  const controller = new AbortController();
  let code: number | undefined;
  const stop = (exitCode: number) => () => {
    if (code !== undefined) process.exit(exitCode);
    code = exitCode;
    controller.abort();
  };
  const onInterrupt = stop(130);
  const onTerminate = stop(143);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    code: () => code,
    dispose() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

/** `vsr … | head` ends quietly once head has enough; a full disk behind `>` is an error. */
function endWithReader(terminal: Terminal): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    for (const line of explain(error)) terminal.error(line);
    process.exit(exitCodeOf(error));
  });
  // Whoever closed stderr wants no words; the exit code still tells.
  process.stderr.on('error', () => {});
}
