// An encoder's fingerprint: SHA-256 over JSON of everything that changes a vector.
import { createHash } from 'node:crypto';

/** `sha256:…`; the order of the keys counts. */
export function fingerprintOf(identity: Readonly<Record<string, unknown>>): string {
  return `sha256:${sha256(JSON.stringify(identity))}`;
}

/** Hex. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
