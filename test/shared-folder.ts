// Where the shared fixtures and data lie beside the repository; tests that need them skip, with this reason, where they are absent.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const SHARED = join(import.meta.dirname, '../../shared');
export const hasShared = existsSync(SHARED);
