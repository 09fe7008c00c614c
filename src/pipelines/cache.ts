// cache: what the embedding cache holds, and its removal.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';

/** One encoder's vectors. */
export interface CachedEncoder {
  readonly folder: string;
  /** null: meta.json is missing or damaged. */
  readonly id: string | null;
  readonly fingerprint: string | null;
  readonly dim: number | null;
  readonly vectors: number;
  readonly bytes: number;
}

/** Folders that look like the cache's own: named by 16 hex digits. Anything else in the directory is left alone. */
export function cacheStats({ embedding: { cacheDir }, cache }: VsrConfig): CachedEncoder[] {
  if (!existsSync(cacheDir)) return [];
  const names = readdirSync(cacheDir)
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .sort();
  const wanted = cache.fingerprint?.replace(/^sha256:/, '');
  return names
    .filter((name) => wanted === undefined || name.startsWith(wanted.slice(0, 16)))
    .map((name) => statsOf(join(cacheDir, name)));
}

/** What was removed. Throws `VSR_FILE` where a folder cannot be. */
export function clearCache(config: VsrConfig): CachedEncoder[] {
  const found = cacheStats(config);
  for (const { folder } of found) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (cause) {
      throw new VsrError('VSR_FILE', `${folder} cannot be removed (${(cause as Error).message}).`, {
        hint: 'Change the permissions of its folder.',
        cause,
      });
    }
  }
  return found;
}

function statsOf(folder: string): CachedEncoder {
  const size = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  const bytes = readdirSync(folder).reduce((sum, name) => sum + size(name), 0);
  return { folder, ...metaOf(folder), vectors: Math.floor(size('keys.bin') / 32), bytes };
}

function metaOf(folder: string): Pick<CachedEncoder, 'id' | 'fingerprint' | 'dim'> {
  try {
    const { id, fingerprint, dim } = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'));
    return { id: String(id), fingerprint: String(fingerprint), dim: Number(dim) };
  } catch {
    return { id: null, fingerprint: null, dim: null };
  }
}
