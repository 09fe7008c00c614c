// Where the files that ship with the package lie: the example and the static encoder.
import { fileURLToPath } from 'node:url';

/** `data/` at the package's root; the same two steps up from src/data/ and from dist/data/. */
const ROOT = new URL('../../data/', import.meta.url);

/** Absolute path of a bundled file or folder, as in `bundledFile('example/models.json')`. */
export function bundledFile(name: string): string {
  return fileURLToPath(new URL(name, ROOT));
}
