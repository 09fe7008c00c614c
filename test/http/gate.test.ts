// The gate of one endpoint: slots, the pause after a call, fewer slots after a 429, a break for a dead endpoint.
import { describe, expect, test } from 'vitest';
import { createGate } from '../../src/http/gate.js';

/** A clock that jumps to where every wait ends. */
function fakeTime() {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => time,
    wait: async (ms: number) => {
      waits.push(ms);
      time += ms;
    },
  };
}

/** A task that is running until it is let go. */
function held() {
  let release = () => {};
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { task: () => done, release };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  test('no more tasks run at a time than there are slots', async () => {
    const gate = createGate({ concurrency: 2, delayMs: 0, ...fakeTime() });
    let running = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++running);
      await turn();
      running--;
    };
    await Promise.all(Array.from({ length: 7 }, () => gate.run(task, undefined)));
    expect([most, running]).toEqual([2, 0]);
  });
  test('a 429 halves them down to one, a round of successes adds one back, never above the setting', () => {
    const gate = createGate({ concurrency: 4, delayMs: 0, ...fakeTime() });
    const seen = [];
    for (let i = 0; i < 3; i++) {
      gate.note('rate-limited');
      seen.push(gate.slots);
    }
    for (const successes of [1, 1, 1, 2, 1, 40]) {
      for (let i = 0; i < successes; i++) gate.note('success');
      seen.push(gate.slots);
    }
    expect(seen).toEqual([2, 1, 1, 2, 2, 3, 3, 4, 4]);
  });
  test('above 20 slots, 20 successes in a row add one back', () => {
    const gate = createGate({ concurrency: 64, delayMs: 0, ...fakeTime() });
    gate.note('rate-limited');
    for (let i = 0; i < 19; i++) gate.note('success');
    expect(gate.slots).toBe(32);
    gate.note('success');
    expect(gate.slots).toBe(33);
  });
  test('all 64 are back after 1,070 successes, however few were left', () => {
    const gate = createGate({ concurrency: 64, delayMs: 0, ...fakeTime() });
    for (let i = 0; i < 10; i++) gate.note('rate-limited');
    expect(gate.slots).toBe(1);
    // 1 + 2 + … + 20 for the first twenty, then 20 for each of the other 43.
    for (let i = 0; i < 210 + 43 * 20 - 1; i++) gate.note('success');
    expect(gate.slots).toBe(63);
    gate.note('success');
    expect(gate.slots).toBe(64);
  });
  test('a burst of 429s halves them once: those sent before say nothing new', () => {
    const time = fakeTime();
    const gate = createGate({ concurrency: 16, delayMs: 0, ...time });
    const sentAt = time.now();
    void time.wait(10);
    for (let i = 0; i < 8; i++) gate.note('rate-limited', sentAt);
    expect(gate.slots).toBe(8);
    void time.wait(10);
    gate.note('rate-limited', time.now());
    expect(gate.slots).toBe(4);
  });
  test('the delay is waited by the slot, not by the caller', async () => {
    const waiting = held();
    const order: string[] = [];
    const wait = async () => {
      order.push('delay');
      await waiting.task();
    };
    const gate = createGate({ concurrency: 1, delayMs: 500, wait, now: () => 0 });
    const second = () => gate.run(async () => void order.push('second'), undefined);
    await gate.run(async () => void order.push('first'), undefined);
    const pending = second();
    await turn();
    expect(order).toEqual(['first', 'delay']);
    waiting.release();
    await pending;
    expect(order.slice(0, 3)).toEqual(['first', 'delay', 'second']);
  });
});

describe('abort', () => {
  test('leaves the queue at once, and the task never runs', async () => {
    const gate = createGate({ concurrency: 1, delayMs: 0, ...fakeTime() });
    const first = held();
    const running = gate.run(first.task, undefined);
    const controller = new AbortController();
    let ran = false;
    const queued = gate.run(async () => {
      ran = true;
    }, controller.signal);
    controller.abort();
    await expect(queued).rejects.toThrow(/abort/i);
    first.release();
    await running;
    await turn();
    expect(ran).toBe(false);
  });
});

describe('an unreachable endpoint', () => {
  test('is paused for 30 s after five failures in a row', async () => {
    const time = fakeTime();
    const gate = createGate({ concurrency: 1, delayMs: 0, ...time });
    for (let i = 0; i < 4; i++) gate.note('unreachable');
    gate.note('other');
    for (let i = 0; i < 4; i++) gate.note('unreachable');
    await gate.open(undefined);
    expect(time.waits).toEqual([]);
    gate.note('unreachable');
    await gate.open(undefined);
    await gate.open(undefined);
    expect(time.waits).toEqual([30_000]);
  });
});
