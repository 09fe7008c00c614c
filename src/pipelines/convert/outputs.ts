// What convert may write over: nothing unasked. A trained artifact is train's own to replace; a file that lies where convert should
// write may be anyone's.
import { existsSync, realpathSync } from 'node:fs';
import type { VsrConfig } from '../../config/schema.js';
import { VsrError } from '../../errors/vsr-error.js';

/** Throws `VSR_FILE` where one of the paths is taken and --overwrite does not stand, and always where one is the input. */
export function requireFree({ convert: { input, overwrite } }: VsrConfig, paths: readonly string[]): void {
  const taken = paths.filter((path) => existsSync(path));
  const self =
    input !== undefined && existsSync(input) && taken.find((path) => realpathSync(path) === realpathSync(input));
  if (self) {
    throw new VsrError('VSR_FILE', `--output ${self} is the --input itself.`, { hint: 'Choose another --output.' });
  }
  if (overwrite || taken.length === 0) return;
  const more = taken.length > 1 ? `, and so do ${taken.slice(1).join(', ')}` : '';
  throw new VsrError('VSR_FILE', `${taken[0]} exists already${more}: convert replaces nothing unasked.`, {
    hint: 'Choose another --output, or add --overwrite.',
  });
}
