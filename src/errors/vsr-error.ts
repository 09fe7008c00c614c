// The one class for errors we expect: a sentence for people, a code for programs.
import { ERROR_CODES, type ErrorCode } from './codes.js';

export interface VsrErrorDetails {
  /** What to do about it, one sentence. */
  hint?: string;
  cause?: unknown;
}

/**
 * An error we expect. `message` says where, what was expected and what came; `hint` says what to do.
 * Anything else that is thrown counts as a bug and is printed with its stack.
 */
export class VsrError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, details: VsrErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'VsrError';
    this.code = code;
    this.hint = details.hint;
    this.exitCode = ERROR_CODES[code].exitCode;
  }
}

/** Throws `VSR_ABORTED` if the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new VsrError('VSR_ABORTED', 'Interrupted.');
}
