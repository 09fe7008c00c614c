// doctor --fix native: runs the install script that travels with the package, and says in one sentence why it failed.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VsrError } from '../../errors/vsr-error.js';
import type { PipelineContext } from '../context.js';
import { type RunScript, runScript } from './run-script.js';

export const INSTALL_SCRIPT = fileURLToPath(new URL('../../../scripts/install-native-tensorflow.sh', import.meta.url));

export interface Machine {
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
}

/**
 * Brings native TensorFlow, a notice a line of what the script says. Must come before anything loads the engine: what failed
 * to load once stays failed in this process. Throws `VSR_ENGINE` with the script's reason, `VSR_ABORTED`.
 */
export async function fixNative(
  context: PipelineContext,
  run: RunScript = runScript,
  machine: Machine = process,
  script = INSTALL_SCRIPT,
): Promise<void> {
  const { platform, arch } = machine;
  if (platform !== 'linux' || arch !== 'x64') {
    throw failure(
      `the libraries that the script uses are built for Linux on x86-64; this is ${platform} on ${arch}`,
      'Try npm install @tensorflow/tfjs-node, or train with --engine wasm: it gives the same decisions, more slowly.',
    );
  }
  if (!existsSync(script)) throw failure(`${script} is not there`, 'Install vsr again.');
  let reason: string | undefined;
  const onLine = (line: string) => {
    const said = /^install-native-tensorflow: (.*)$/.exec(line)?.[1];
    if (said !== undefined && !said.startsWith('failed; ')) reason = said;
    context.onNotice?.(line);
  };
  const code = await run('bash', [script], { onLine, signal: context.signal });
  if (code === 0) return;
  throw failure(reason ?? `the script ended with ${code}`, hintFor(reason ?? ''));
}

function failure(reason: string, hint: string): VsrError {
  return new VsrError('VSR_ENGINE', `--fix native: ${reason}.`, { hint });
}

function hintFor(reason: string): string {
  if (reason.startsWith('missing here: ')) {
    return 'Install what is missing (Debian and Ubuntu: apt-get install python3 python3-pip make g++), then run vsr doctor --fix native again.';
  }
  if (reason.startsWith('pip could not fetch')) {
    return 'Check that pip reaches its index (python3 -m pip download tensorflow-cpu==2.15.1), then run it again.';
  }
  return 'The lines above say what the script did. Without it, training runs on WebAssembly.';
}
