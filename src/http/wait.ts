// A pause that an abort ends at once.
import { setTimeout as timer } from 'node:timers/promises';

/** Milliseconds. Rejects as soon as the signal fires. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

export const wait: Wait = async (ms, signal) => {
  await timer(ms, undefined, signal ? { signal } : {});
};
