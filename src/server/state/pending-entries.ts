// Entries on their way to a server: gathered while others are being written, sent again where the server is away.
import { setTimeout as pause } from 'node:timers/promises';
import { type Entry, ServerAway } from './shared-store.js';

export interface PendingEntries {
  add(entry: Entry): void;
  /** The value of an entry that is not written yet. */
  get(key: string): string | undefined;
  /** Writes what is left, once. */
  close(): Promise<void>;
}

export interface PendingSettings {
  readonly put: (entries: readonly Entry[]) => Promise<void>;
  readonly retryMs: number;
  readonly onWarning: (sentence: string) => void;
}

/** Entries of one request, and those that may wait. */
const AT_ONCE = 500;
const MOST = 20_000;

export function openPending({ put, retryMs, onWarning }: PendingSettings): PendingEntries {
  const entries = new Map<string, Entry>();
  let writing: Promise<void> | undefined;
  let closed = false;
  let told = false;
  const tell = (sentence: string) => {
    if (!told) onWarning(sentence);
    told = true;
  };
  const write = async () => {
    while (entries.size > 0) {
      const batch = [...entries.values()].slice(0, AT_ONCE);
      try {
        await put(batch);
        told = false;
      } catch (error) {
        if (error instanceof ServerAway) {
          if (closed) return;
          await pause(retryMs);
          continue;
        }
        tell(`decisions cannot be written down, so they cannot be rated (${(error as Error).message}).`);
      }
      for (const entry of batch) if (entries.get(entry.key) === entry) entries.delete(entry.key);
    }
    writing = undefined;
  };
  return {
    add(entry) {
      entries.delete(entry.key);
      entries.set(entry.key, entry);
      if (entries.size > MOST) {
        entries.delete(entries.keys().next().value!);
        tell(`over ${MOST} decisions wait for the server; the oldest are given up and cannot be rated.`);
      }
      writing ??= Promise.resolve().then(write); // what is added in the same turn goes together
    },
    get: (key) => entries.get(key)?.value,
    async close() {
      closed = true;
      await writing;
    },
  };
}
