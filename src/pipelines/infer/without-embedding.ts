// What is decided where the encoder does not answer: the default model, openly.
import { VsrError } from '../../errors/vsr-error.js';

/** What a missing folder, a dead server or a server's nonsense raises. */
const FAILURES = new Set(['VSR_ENCODER', 'VSR_PROVIDER', 'VSR_FILE']);

export function encoderFailed(error: unknown): error is VsrError {
  return error instanceof VsrError && FAILURES.has(error.code);
}

const TOWER_FAILURES = new Set([...FAILURES, 'VSR_ENGINE']);

/** The tower for images is to blame, not the image (`VSR_DATA`): the text alone decides then. */
export function towerFailed(error: unknown): error is VsrError {
  return error instanceof VsrError && TOWER_FAILURES.has(error.code);
}

/** The sentence for a tower that fails. */
export function withoutImages({ message }: VsrError): string {
  return `${message} The images count for nothing, the texts decide.`;
}
