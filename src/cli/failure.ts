// What went wrong, in words and as an exit code: a sentence and a hint for what we expect, a stack for a bug.
import { CommanderError } from 'commander';
import { VsrError } from '../errors/vsr-error.js';

/** Lines for stderr. After an interrupt whatever was thrown counts as the interrupt. */
export function explain(error: unknown, interrupted = false): string[] {
  if (error instanceof VsrError) return [sentence(error.message, error.hint)];
  if (interrupted) return ['Interrupted.'];
  if (error instanceof CommanderError) return [usage(error.message)];
  if (isFileError(error)) {
    return [
      sentence(
        `${error.path ?? error.syscall}: ${FILE_ERRORS[error.code!]}.`,
        'Mend that and run the same command again.',
      ),
    ];
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [`This is a bug in vsr, please report it.\n${stack}`];
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof VsrError) return error.exitCode;
  return error instanceof CommanderError || isFileError(error) ? 2 : 1;
}

/** What the file system refuses wherever a file is touched. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'expected a file, got a directory',
  ENOTDIR: 'expected a directory, got a file',
  ENOENT: 'there is no such file or directory',
  EMFILE: 'too many files are open',
};

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    typeof (error as NodeJS.ErrnoException).syscall === 'string' &&
    (error as NodeJS.ErrnoException).code! in FILE_ERRORS
  );
}

function sentence(message: string, hint: string | undefined): string {
  return hint ? `${message}\n  ${hint}` : message;
}

/** `error: unknown option '--x'\n(Did you mean --y?)` as our sentence and hint. */
function usage(message: string): string {
  const [first, suggestion] = message.replace(/^error: /, '').split('\n');
  const words = `${first!.charAt(0).toUpperCase()}${first!.slice(1)}`.replace(/[.]?$/, '.');
  return sentence(
    words,
    suggestion ? suggestion.replace(/^\(|\)$/g, '') : 'vsr --help lists the commands, vsr <command> --help its flags.',
  );
}
