// What is decided where the encoder does not answer: the default model, openly.
import { VsrError } from '../../errors/vsr-error.js';

/** What a missing folder, a dead server or a server's nonsense raises. */
const FAILURES = new Set(['VSR_ENCODER', 'VSR_PROVIDER', 'VSR_FILE']);

export function encoderFailed(error: unknown): error is VsrError {
  return error instanceof VsrError && FAILURES.has(error.code);
}
