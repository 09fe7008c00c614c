// The gate of one endpoint: so many calls at a time, a pause after each, fewer after a 429, none while it is unreachable.
import PQueue from 'p-queue';
import type { Wait } from './wait.js';

export type CallResult = 'success' | 'rate-limited' | 'unreachable' | 'other';

export interface Gate {
  /** Runs the task when a slot is free; the slot stays taken for the delay after it. Rejects at once if the signal fires before. */
  run<T>(task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  /** Resolves when the endpoint is not paused. */
  open(signal: AbortSignal | undefined): Promise<void>;
  /** What came of one attempt, and when that was sent (same clock as `now`): one burst of 429s halves the slots once. */
  note(result: CallResult, sentAt?: number): void;
  /** Nothing is let through for so many milliseconds, because the server asked for it. */
  pause(ms: number): void;
  /** The endpoint could not be reached so often that it is left alone for a while. */
  readonly resting: boolean;
  readonly slots: number;
}

export interface GateOptions {
  readonly concurrency: number;
  readonly delayMs: number;
  readonly wait: Wait;
  /** Milliseconds on any clock. */
  readonly now: () => number;
}

/** Few slots come back round by round, many a little faster than that. */
const MOST_SUCCESSES_PER_SLOT = 20;
const FAILURES_BEFORE_PAUSE = 5;
const PAUSE_MS = 30_000;

/**
 * A 429 halves the slots (at least 1); one comes back with as many successes as there are slots, at most 20: additive increase,
 * multiplicative decrease (Chiu and Jain 1989). 5 unreachable attempts in a row pause for 30 s.
 */
export function createGate({ concurrency, delayMs, wait, now }: GateOptions): Gate {
  const queue = new PQueue({ concurrency });
  let successes = 0;
  let failures = 0;
  let pausedUntil = 0;
  let restingUntil = 0;
  let halvedAt = Number.NEGATIVE_INFINITY;
  const pauseUntil = (time: number) => {
    pausedUntil = Math.max(pausedUntil, time);
  };
  return {
    run: (task, signal) =>
      new Promise((resolve, reject) => {
        const slot = async () => {
          await task().then(resolve, reject);
          if (delayMs > 0) await wait(delayMs, signal);
        };
        // An abort during the delay rejects after the task has settled: then this changes nothing.
        queue.add(slot, signal ? { signal } : {}).catch(reject);
      }),
    async open(signal) {
      const left = pausedUntil - now();
      if (left > 0) await wait(left, signal);
    },
    note(result, sentAt = Number.POSITIVE_INFINITY) {
      failures = result === 'unreachable' ? failures + 1 : 0;
      if (result === 'success') restingUntil = 0;
      if (failures >= FAILURES_BEFORE_PAUSE) {
        restingUntil = now() + PAUSE_MS;
        pauseUntil(restingUntil);
        failures = 0;
      }
      if (result === 'rate-limited') {
        successes = 0;
        if (sentAt < halvedAt) return;
        halvedAt = now();
        queue.concurrency = Math.max(1, Math.floor(queue.concurrency / 2));
      } else if (result === 'success' && queue.concurrency < concurrency) {
        if (++successes < Math.min(queue.concurrency, MOST_SUCCESSES_PER_SLOT)) return;
        queue.concurrency++;
        successes = 0;
      }
    },
    pause: (ms) => pauseUntil(now() + ms),
    get resting() {
      return restingUntil > now();
    },
    get slots() {
      return queue.concurrency;
    },
  };
}
